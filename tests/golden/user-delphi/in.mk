# Delphi raises in kernel32 and says in the first parameter where.
include ../common/shop-x64.mk
[context main]
Rip = kernel32.dll + 0x2f69
[range main]
+0x68 = zero 8
+0xc8 = zero 8
[fault]
Code = 0x0eedfade
Flags = 1
Address = kernel32.dll + 0x2f69
NumberParameters = 2
Information0 = shop.exe + 0x2d10
Information1 = stack + 0x60
