# Without the driver, and without its addresses on the stack.
include ../common/w2003-x86.mk
remove driver tcpip.sys
[header]
BugCheckCode = 0x7f
BugCheckParameter1 = 8
