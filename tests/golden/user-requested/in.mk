# Crashpad was asked for a dump; the program went on.
include ../common/shop-x64.mk
[fault]
Code = 0x0517a7ed
Address = shop.exe + 0x10c2
