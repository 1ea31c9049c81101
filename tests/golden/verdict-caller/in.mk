# A vendor's own stop code: the return address of the call lies in the driver.
include ../common/w81-x64.mk
[header]
BugCheckCode = 0xa0000001
BugCheckParameter1 = 5
[stack]
+0x00 = pointer netvend.sys + 0x1783f
