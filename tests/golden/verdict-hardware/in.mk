# A machine check.
include ../common/w81-x64.mk
[header]
BugCheckCode = 0x124
BugCheckParameter1 = 0
BugCheckParameter2 = 0xffffe000f7ffe028
BugCheckParameter3 = 0xb2000000
BugCheckParameter4 = 0x00070f0f
