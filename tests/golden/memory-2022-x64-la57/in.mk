# Windows Server 2022 on a machine with five levels of page tables.
[dump]
kind = memory
machine = x64
build = 20348
[memory]
body = bitmap
paging = la57
[header]
BugCheckCode = 0x1e
BugCheckParameter1 = 0xffffffffc0000005
BugCheckParameter2 = nt + 0x1234
[driver ntoskrnl.exe]
version = "10.0.20348.1"
