# A kernel memory dump of Windows Server 2003 SP1, x86 with PAE, which the header does not tell.
[dump]
kind = memory
machine = x86
build = 3790
service_pack = 1
[memory]
body = summary
paging = pae
first_page = 0x800
step = 2
[header]
PaeEnabled = 0x50
DirectoryTableBase = 0x6f0040
NumberProcessors = 2
BugCheckCode = 0x7f
BugCheckParameter1 = 8
SystemTime = 2006-01-17T22:41:08Z
[driver ntoskrnl.exe]
version = "5.2.3790.1830"
company = "Microsoft Corporation"
[driver tcpip.sys]
base = 0xf6f10000
size = 0x56000
timestamp = 2005-03-25T00:26:31Z
version = "5.2.3790.1830"
company = "Microsoft Corporation"
[driver clusnet.sys]
base = 0xf7100000
size = 0x24000
version = "5.2.3790.1830"
company = "Microsoft Corporation"
[stack]
+0x44 = pointer tcpip.sys + 0x1f3c4
[data csd]
at = nt + 0x90000
+0 = u32 0x100
[kdbg]
CmNtCSDVersion = csd
