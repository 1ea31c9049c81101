# The heap found itself damaged when a library used it.
include ../common/shop-x64.mk
[context main]
Rip = ntdll.dll + 0xf3d1a
[fault]
Code = 0xc0000374
Address = ntdll.dll + 0xf3d1a
NumberParameters = 1
Information0 = ntdll.dll + 0x15f7b0
