# A call through a bad pointer: the trap frame knows where the caller's return address is.
include ../common/w81-x64.mk
[header]
BugCheckCode = 0xd1
BugCheckParameter1 = 0xfffff80199999990
BugCheckParameter2 = 2
BugCheckParameter3 = 8
BugCheckParameter4 = 0xfffff80199999990
[trapframe fault]
at = stack + 0x180
Rip = 0xfffff80199999990
Rsp = stack + 0x380
SegCs = 0x10
SegSs = 0x18
[stack]
+0x380 = pointer netvend.sys + 0x1d2d5
