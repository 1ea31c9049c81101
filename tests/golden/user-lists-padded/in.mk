# Some writers align the arrays of their lists to eight bytes. The program found its stack
# cookie changed: a fast fail.
include ../common/shop-x64.mk
[images]
padding = 4
[tasks]
padding = 4
[ranges]
padding = 4
[context fault]
ContextFlags = 0x10001f
Rip = shop.exe + 0x1f42
Rsp = stack + 0xd0
[fault]
Code = 0xc0000409
Flags = 1
Address = shop.exe + 0x1f42
NumberParameters = 1
Information0 = 2
