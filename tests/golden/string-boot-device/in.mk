# The boot volume is gone; which it was stands in the dump.
include ../common/w81-x64.mk
[header]
BugCheckCode = 0x7b
BugCheckParameter1 = 0xffffd000a3f2a100
BugCheckParameter2 = 0xffffffffc0000034
BugCheckParameter3 = 0
BugCheckParameter4 = 1
[data name]
at = 0xffffd000a3f2a100
size = 0x80
+0x00 = u16 58, 60
+0x08 = u64 0xffffd000a3f2a120
+0x20 = utf16 "\\ArcName\\multi(0)disk(0)rdisk"
