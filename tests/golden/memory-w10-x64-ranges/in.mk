# What a debugger writes of Windows 10: ranges of pages.
[dump]
kind = memory
machine = x64
build = 19041
[memory]
body = ranges
step = 2
[header]
NumberProcessors = 8
ProductType = 1
BugCheckCode = 0x9f
BugCheckParameter1 = 3
[driver ntoskrnl.exe]
timestamp = 0xd8333e60
version = "10.0.19041.1288"
[driver nvlddmkm.sys]
base = 0xfffff80030000000
size = 0x200000
timestamp = 2021-06-18T03:11:00Z
version = "27.21.14.6627"
company = "NVIDIA Corporation"
