# Windows 2000 SP4, x86: a triage header that ends before the fields for data pages, and a data
# page that is found through the header's own field only in later systems.
[dump]
machine = x86
build = 2195
service_pack = 4
size = 0x10000

remove kdbg

[triage]
size = 0x4c
fill = page

[header]
NumberProcessors = 1
KdDebuggerDataBlock = 0x8046e8f0
SystemTime = 2003-08-12T07:30:00Z
SystemUpTime = 40m

[driver ntoskrnl.exe]
base = 0x80400000
size = 0x1a2000
timestamp = 2003-06-03T17:05:12Z

[driver hal.dll]
base = 0x80062000
size = 0x14000
timestamp = 2002-11-20T04:10:22Z

[driver win32k.sys]
base = 0xa0000000
size = 0x1b6000
timestamp = 2003-06-05T01:43:10Z
path = "\\??\\C:\\WINNT\\system32\\win32k.sys"

[process]
at = 0x81a3f020
UniqueProcessId = 0x1f4
ImageFileName = "services.exe"
