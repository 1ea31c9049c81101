include ../common/w11-arm64.mk
[header]
BugCheckCode = 0xa
BugCheckParameter1 = 0x10
BugCheckParameter2 = 2
BugCheckParameter3 = 0
BugCheckParameter4 = qcdev.sys + 0x4c10
