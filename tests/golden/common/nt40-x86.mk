# Windows NT Server 4.0 with two processors, on x86. NT 4.0 wrote no small dumps; this one has
# the shape of the first ones that were written, with NT 4.0's build, addresses and fields: no
# debugger data block, no product type.
[dump]
machine = x86
build = 1381
service_pack = 4
size = 0x10000

remove kdbg

[triage]
size = 0x4c
fill = page

[header]
NumberProcessors = 2
ProductType = page
SuiteMask = page
KdDebuggerDataBlock = page
SystemTime = 2000-03-14T09:26:53Z
SystemUpTime = 1d2h

[driver ntoskrnl.exe]
base = 0x80100000
size = 0x128000
timestamp = 1999-02-09T15:13:42Z
checksum = 0xe6d3c

[driver hal.dll]
base = 0x80010000
size = 0x11000
timestamp = 1998-12-14T20:02:11Z

[driver disk.sys]
base = 0x80320000
size = 0x5000
timestamp = 1997-05-11T02:24:50Z

[driver classpnp.sys]
name = "CLASS2.SYS"
base = 0x80325000
size = 0x4000
timestamp = 1997-05-11T02:25:00Z

[driver ntfs.sys]
base = 0x80329000
size = 0x57000
timestamp = 1998-10-24T00:51:07Z

[driver tcpip.sys]
base = 0xf8e60000
size = 0x25000
timestamp = 1998-11-05T19:20:31Z

[driver srv.sys]
base = 0xf8d10000
size = 0x3a000
timestamp = 1998-10-28T21:10:17Z

[process]
at = 0x808a2020
UniqueProcessId = 2

[thread]
at = 0x808a1da0

[stack]
at = 0xfc513400
size = 0xc00
+0x00 = pointer nt + 0x2d3a1
+0x0e8 = pointer ntfs.sys + 0x12c4f
