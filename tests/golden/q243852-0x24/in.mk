# Q243852: the file system's stop, with the parameters that the article prints.
include ../common/nt40-x86.mk
[header]
BugCheckCode = 0x24
BugCheckParameter1 = 0x00190201
BugCheckParameter2 = 0xfc5136a4
BugCheckParameter3 = 0xfc5134e0
BugCheckParameter4 = 0x8021ea12
[driver dblhook.sys]
name = "Dblhook.sys"
base = 0xf8ec0000
size = 0x9000
timestamp = 1999-07-21T18:40:09Z
[stack]
+0x144 = pointer dblhook.sys + 0x2a1c
