# A 32-bit program that reads a field of an object that was freed; the writer sign-extended the
# addresses, and the comment tells what the user did.
[dump]
kind = minidump
machine = x86
build = 2600
[sysinfo]
text = "Service Pack 3"
MajorVersion = 5
MinorVersion = 1
ProductType = 1
VendorId = "GenuineIntel"
[image editor.exe]
path = "C:\\Editor\\editor.exe"
base = 0x400000
size = 0x85000
TimeDateStamp = 2006-03-14T20:00:00Z
[image plug.dll]
path = "C:\\Editor\\plug.dll"
base = 0x8a000000
size = 0x6000
BaseOfImage = 0xffffffff8a000000
TimeDateStamp = 2006-02-01T08:00:00Z
[image ntdll.dll]
path = "C:\\WINDOWS\\system32\\ntdll.dll"
base = 0x7c900000
size = 0xb0000
TimeDateStamp = 2004-08-04T07:56:36Z
FileVersionMS = 0x50001
FileVersionLS = 0xa280c84
[context main]
ContextFlags = 0x1003f
Eip = plug.dll + 0x1515
Esp = stack + 0x20
Ebp = stack + 0x40
Eax = 0xdddddddd
SegCs = 0x1b
EFlags = 0x10246
[range main]
as = stack
at = 0x12f000
size = 0x200
+0x40 = pointer stack + 0x80, editor.exe + 0x2210
+0x80 = pointer 0, ntdll.dll + 0x1e1f
[task main]
id = 0x124c
[fault]
Code = 0xc0000005
Address = 0xffffffff8a001515
NumberParameters = 2
Information0 = 0
Information1 = 0xffffffffdddddde1
[misc]
Flags1 = 1
ProcessId = 3544
[stream comment]
type = 10
+0 = text "closed the second window"
