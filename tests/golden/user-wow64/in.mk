# A 32-bit program that a 64-bit tool dumped: the registers are those of the layer that runs it,
# and only the exception tells where the program was.
[dump]
kind = minidump
machine = x64
build = 19041
[image till.exe]
path = "C:\\Shop\\till.exe"
base = 0x400000
size = 0x20000
TimeDateStamp = 2019-08-12T09:30:00Z
[image ntdll.dll]
path = "C:\\Windows\\System32\\ntdll.dll"
base = 0x7ffb00000000
size = 0x1f0000
[image wow64.dll]
path = "C:\\Windows\\System32\\wow64.dll"
base = 0x7ffa00000000
size = 0x60000
[image wow64cpu.dll]
path = "C:\\Windows\\System32\\wow64cpu.dll"
base = 0x77000000
size = 0xa000
[context main]
ContextFlags = 0x10001f
Rip = wow64cpu.dll + 0x1cf3
Rsp = stack + 0x40
[range main]
as = stack
at = 0x9e000
size = 0x100
[task main]
id = 0x4d0
[fault]
Code = 0xc0000005
Address = till.exe + 0x1234
NumberParameters = 2
Information0 = 0
Information1 = 8
