# A 64-bit program on Windows Server 2008: its own image, one library of somebody else's, the
# system's, and two threads.
[dump]
kind = minidump
machine = x64
build = 6002
[sysinfo]
text = "Service Pack 2"
NumberOfProcessors = 8
SuiteMask = 0x110
[image shop.exe]
path = "C:\\Program Files\\Shop\\shop.exe"
base = 0x140000000
size = 0x52000
TimeDateStamp = 2009-10-30T11:00:00Z
CheckSum = 0x51f3a
FileVersionMS = 0x20001
FileVersionLS = 0x30004
pdb = "c:\\build\\shop.pdb"
Guid = 3f2504e0-4f89-11d3-9a0c-0305e82c3301
Age = 2
[image prices.dll]
path = "C:\\Program Files\\Shop\\prices.dll"
base = 0x180000000
size = 0x21000
TimeDateStamp = 2009-08-12T09:30:00Z
FileVersionMS = 0x10005
FileVersionLS = 0x0
[image kernel32.dll]
path = "C:\\Windows\\System32\\kernel32.dll"
base = 0x77a10000
size = 0x12d000
TimeDateStamp = 2009-04-11T05:03:24Z
FileVersionMS = 0x60000
FileVersionLS = 0x17724655
[image ntdll.dll]
path = "C:\\Windows\\System32\\ntdll.dll"
base = 0x77b60000
size = 0x186000
TimeDateStamp = 2009-04-11T05:03:24Z
FileVersionMS = 0x60000
FileVersionLS = 0x17724655
[gone msimg32.dll]
base = 0x7fef8a10000
size = 0x7000
TimeDateStamp = 2008-01-19T05:36:14Z
[context main]
ContextFlags = 0x10001f
Rip = prices.dll + 0x1a34
Rsp = stack + 0x40
Rbp = stack + 0x120
Rcx = 0x10
[range main]
as = stack
at = 0x12f800
size = 0x800
+0x68 = pointer prices.dll + 0x20f1
+0xc8 = pointer shop.exe + 0x10c2
+0x148 = pointer shop.exe + 0x1f30
+0x188 = pointer kernel32.dll + 0x1be3d
+0x1b8 = pointer ntdll.dll + 0x46861
[task main]
id = 0x4d0
name = "main"
[context worker]
ContextFlags = 0x10001f
Rip = ntdll.dll + 0x46efa
Rsp = idle + 0x10
[range worker]
as = idle
at = 0x2dff00
size = 0x100
+0x10 = pointer kernel32.dll + 0x2f4e
[task worker]
id = 0x5b4
[misc]
Flags1 = 3
ProcessId = 4711
ProcessCreateTime = 2009-11-02T08:00:00Z
ProcessUserTime = 12
ProcessKernelTime = 3
