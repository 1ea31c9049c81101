include ../common/xp-x86.mk
[header]
BugCheckCode = 0x100000d1
BugCheckParameter1 = 0x14
BugCheckParameter2 = 2
BugCheckParameter3 = 0
BugCheckParameter4 = usbvend.sys + 0x1a2c
