# The registers are not those of the exception: the thread had gone on when they were read.
include ../user-windows-x64/in.mk
[context main]
Rip = shop.exe + 0x10c2
[range code]
at = 0x1400010c0
size = 0x10
+0x02 = b8 00 00 00 00
