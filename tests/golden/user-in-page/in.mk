# The program's own file could not be read any more: a network that went away.
include ../common/shop-x64.mk
[fault]
Code = 0xc0000006
Address = prices.dll + 0x1a34
NumberParameters = 3
Information0 = 8
Information1 = prices.dll + 0x1a34
Information2 = 0xc000020c
