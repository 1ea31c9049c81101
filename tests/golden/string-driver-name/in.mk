# The driver that uses up the entries for system memory is named in the dump.
include ../common/w2003-x86.mk
[header]
BugCheckCode = 0xd8
BugCheckParameter1 = 0x8a600100
BugCheckParameter2 = 0x1a2c0
BugCheckParameter3 = 0x12
BugCheckParameter4 = 0x2a000
[data name]
at = 0x8a600100
size = 0x80
+0x00 = u16 22, 24
+0x04 = u32 0x8a600120
+0x20 = utf16 "b57xp32.sys"
