# A work item of a driver that has gone: the stop names its routine, where nothing failed.
include ../common/w81-x64.mk
[header]
BugCheckCode = 0xdf
BugCheckParameter1 = netvend.sys + 0x1c004
[block code]
+0x04 = 48 8b 01 c3
