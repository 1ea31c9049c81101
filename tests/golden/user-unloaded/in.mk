# A call into a library that had been unloaded: the thread outlived it.
include ../common/shop-x64.mk
[context main]
Rip = msimg32.dll + 0x1234
[range main]
+0x40 = pointer shop.exe + 0x10c2
+0x68 = zero 8
[fault]
Code = 0xc0000005
Address = msimg32.dll + 0x1234
NumberParameters = 2
Information0 = 8
Information1 = msimg32.dll + 0x1234
