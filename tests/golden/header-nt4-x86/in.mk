# NT 4.0's header has no dump type: it stays filler.
[dump]
machine = x86
kind = header
build = 1381
[header]
BugCheckCode = 0xa
BugCheckParameter1 = 0x1d
BugCheckParameter2 = 2
BugCheckParameter3 = 1
BugCheckParameter4 = 0xf0a0c26e
DirectoryTableBase = 0x30000
SystemTime = page
SystemUpTime = page
ProductType = page
SuiteMask = page
NumberOfRuns = 1
NumberOfPages = 2
RunBasePage0 = 1
RunPageCount0 = 2
[body]
size = 0x2000
