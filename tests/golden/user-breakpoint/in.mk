# As user-stopped, but the program itself called for a debugger: that is its crash.
include ../user-stopped/in.mk
[range main]
+0x68 = pointer shop.exe + 0x10c2
