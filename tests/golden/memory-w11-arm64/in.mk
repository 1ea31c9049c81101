# A bitmap dump of Windows 11 on ARM64.
[dump]
kind = memory
machine = arm64
build = 22000
[memory]
body = bitmap
first_page = 0x40100
[header]
ProductType = 1
BugCheckCode = 0x133
BugCheckParameter1 = 0
[driver ntoskrnl.exe]
version = "10.0.22000.282"
[driver qcgpu.sys]
base = 0xfffff80220000000
size = 0x40000
version = "27.20.1870.0"
company = "Qualcomm"
