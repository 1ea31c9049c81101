include ../common/w81-x64.mk
[header]
BugCheckCode = 0xd1
BugCheckParameter1 = 0x58
BugCheckParameter2 = 2
BugCheckParameter3 = 0
BugCheckParameter4 = netvend.sys + 0x1c2d8
[context]
Rcx = 0xa       # as passed: the kernel made 0xD1 of it later
