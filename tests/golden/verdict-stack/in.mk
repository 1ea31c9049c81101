# Only the stack tells.
include ../common/w81-x64.mk
[header]
BugCheckCode = 0x100000ea
BugCheckParameter1 = 0xffffe000f8b5a880
[stack]
+0x380 = pointer netvend.sys + 0x2c2d7
+0x3c0 = pointer netvend.sys + 0x2d11b
+0x440 = pointer netvend.sys + 0x31a05
