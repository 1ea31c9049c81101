[dump]
machine = alpha
kind = header
build = 1381
[header]
BugCheckCode = 0x1e
