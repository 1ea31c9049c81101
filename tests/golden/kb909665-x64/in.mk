# The x64 edition of the same server: its first release is build 3790 SP1.
[dump]
machine = x64
build = 3790
service_pack = 1
[header]
NumberProcessors = 4
BugCheckCode = 0x7f
BugCheckParameter1 = 8
BugCheckParameter2 = 0x80050031
BugCheckParameter3 = 0x6f8
BugCheckParameter4 = tcpip.sys + 0x2c310
SystemTime = 2006-01-17T22:41:08Z
[driver ntoskrnl.exe]
base = 0xfffff80001000000
size = 0x444000
timestamp = 2005-03-25T00:30:08Z
[driver tcpip.sys]
base = 0xfffffadf28c10000
size = 0xb4000
timestamp = 2005-03-25T00:55:12Z
