# A kernel memory dump of Windows Server 2008 SP2, x64: pages scattered over physical memory, a
# classic bitmap, images with versions.
[dump]
kind = memory
machine = x64
build = 6002
service_pack = 2
[memory]
body = summary
first_page = 0x1000
step = 3
[header]
NumberProcessors = 4
BugCheckCode = 0x24
BugCheckParameter1 = 0x1904fb
BugCheckParameter2 = 0
BugCheckParameter3 = 0
SystemTime = 2012-11-20T03:12:45Z
[driver ntoskrnl.exe]
version = "6.0.6002.18005"
company = "Microsoft Corporation"
description = "NT Kernel & System"
[driver ntfs.sys]
name = "Ntfs.sys"
base = 0xfffffa6001200000
size = 0x184000
timestamp = 2009-04-11T04:14:10Z
checksum = 0x18c1d2
version = "6.0.6002.18005"
company = "Microsoft Corporation"
description = "NT File System Driver"
[driver vxio.sys]
base = 0xfffffa6001400000
size = 0x60000
timestamp = 2010-06-02T11:00:00Z
version = "5.1.20.4"
company = "Symantec Corporation"
[unloaded usbstor.sys]
base = 0xfffffa6001600000
end = 0xfffffa6001610000
[unloaded crashdmp.sys]
base = 0xfffffa6001620000
end = 0xfffffa600162e000
[data lab]
at = nt + 0x1d4000
+0 = text "6002.18005.amd64fre.lh_sp2rtm.090410-1830\0"
[data csd]
at = nt + 0x1d4100
+0 = u32 0x200
[kdbg]
NtBuildLab = lab
CmNtCSDVersion = csd
