# KB2792165: any parameters; the exception happened in ntfs.sys.
include ../common/w2008-x64.mk
[header]
BugCheckCode = 0x24
BugCheckParameter1 = 0x1904aa
BugCheckParameter2 = fault
BugCheckParameter3 = state
BugCheckParameter4 = ntfs.sys + 0x1f0c4
SystemTime = 2013-02-11T03:12:40Z
[exception fault]
at = stack + 0x100
Code = 0xc0000005
Address = ntfs.sys + 0x1f0c4
NumberParameters = 2
Information0 = 0
Information1 = 0x28
[context state]
at = stack + 0x1a0
ContextFlags = 0x10001f
Rip = ntfs.sys + 0x1f0c4
Rsp = stack + 0x700
SegCs = 0x10
SegSs = 0x18
EFlags = 0x10246
[stack]
+0x700 = pointer ntfs.sys + 0x1e2a7
+0x760 = pointer ntfs.sys + 0xd1f30
+0x7c0 = pointer nt + 0x2b1a41
