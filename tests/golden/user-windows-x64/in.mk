# A write through a null pointer in somebody else's library.
include ../common/shop-x64.mk
[fault]
Code = 0xc0000005
Address = prices.dll + 0x1a34
NumberParameters = 2
Information0 = 1
Information1 = 0x10
