# KB977153: the third parameter is the instruction, in the mount manager.
include ../common/w2008-x64.mk
[header]
BugCheckCode = 0xd6
BugCheckParameter1 = 0xfffff98004c8f000
BugCheckParameter2 = 0
BugCheckParameter3 = mountmgr.sys + 0x5a10
[trapframe fault]
at = stack + 0x180
Rip = mountmgr.sys + 0x5a10
Rsp = stack + 0x310
FaultAddress = 0xfffff98004c8f000
SegCs = 0x10
SegSs = 0x18
EFlags = 0x10246
[stack]
+0x310 = pointer mountmgr.sys + 0x41c8
+0x350 = pointer nt + 0x27a31
