# A stack overflow; the dump has 64-bit memory ranges behind everything else, and was cut off in
# the second of them.
include ../common/shop-x64.mk
[ranges]
wide = 1
[fault]
Code = 0xc00000fd
Address = prices.dll + 0x1a34
NumberParameters = 2
Information0 = 1
Information1 = stack - 8
truncate idle.offset + 0x80
