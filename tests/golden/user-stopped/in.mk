# A debugger stopped the program by a thread of its own: nothing crashed.
include ../common/shop-x64.mk
[context main]
Rip = ntdll.dll + 0x4ae11
Rsp = stack + 0x40
remove range main
[range main]
as = stack
at = 0x12f800
size = 0x800
+0x48 = pointer ntdll.dll + 0xf3d1a
+0x88 = pointer kernel32.dll + 0x1be3d
+0xb8 = pointer ntdll.dll + 0x46861
[range code]
at = 0x77baae00
size = 0x20
+0x10 = cc c3
[fault]
Code = 0x80000003
Address = ntdll.dll + 0x4ae10
NumberParameters = 1
