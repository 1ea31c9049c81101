[dump]
machine = ia64
kind = header
build = 3790
[header]
DumpType = 1
BugCheckCode = 0x7f
BugCheckParameter1 = 8
