# The kernel itself wrote the driver's name into the dump.
include ../common/w81-x64.mk
[header]
BugCheckCode = 0xd1
BugCheckParameter1 = 0x58
BugCheckParameter2 = 2
[block broken]
at = 0xffffe000f700c000
size = 0x40
+0 = u32 11; utf16 "netvend.sys"; zero 2
[triage]
BrokenDriverOffset = broken.offset
