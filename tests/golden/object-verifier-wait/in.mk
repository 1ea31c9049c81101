# Driver Verifier: a wait above DISPATCH_LEVEL, and what for. The caller is on the stack.
include ../common/w81-x64.mk
[header]
BugCheckCode = 0xc4
BugCheckParameter1 = 0x120
BugCheckParameter2 = 0x3
BugCheckParameter3 = 0xffffe000f7008010
BugCheckParameter4 = 0
[data event]
at = 0xffffe000f7008000
size = 0x40
+0x10 = 01 00 06 00
[stack]
+0x380 = pointer netvend.sys + 0x2c2d7
