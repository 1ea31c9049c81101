# Windows 11 21H2 on ARM64.
[dump]
machine = arm64
build = 22000

[header]
NumberProcessors = 8
ProductType = 1
SystemTime = 2022-03-05T10:44:30Z
SystemUpTime = 48m

[driver hal.dll]
base = 0xfffff8020b9f0000
size = 0x6000
timestamp = 0x51fe0a31

[driver qcdev.sys]
base = 0xfffff80212200000
size = 0x23000
timestamp = 2021-11-30T07:05:00Z

[process]
UniqueProcessId = 4
