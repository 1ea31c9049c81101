# KB909665: a double fault on a cluster node, the stack full of the same two drivers in turn.
include ../common/w2003-x86.mk
[header]
BugCheckCode = 0x7f
BugCheckParameter1 = 8
[stack]
at = 0xf7a3b000
size = 0x1000
+0x040 = pointer tcpip.sys + 0x1c2f1
+0x0a4 = pointer ndis.sys + 0x8a3d
+0x108 = pointer b57xp32.sys + 0xf120
+0x16c = pointer tcpip.sys + 0x1c2f1
+0x1d0 = pointer ndis.sys + 0x8a3d
+0x234 = pointer b57xp32.sys + 0xf120
