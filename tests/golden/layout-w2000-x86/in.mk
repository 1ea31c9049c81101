include ../common/w2000-x86.mk
[header]
BugCheckCode = 0x1e
BugCheckParameter1 = 0xc0000005
BugCheckParameter2 = win32k.sys + 0x1234
