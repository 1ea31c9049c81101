# A complete dump of Windows 7: runs of pages with a hole, the names of the list in prototype
# pages, and the version of one driver on a page that is not in the dump.
[dump]
kind = memory
machine = x64
build = 7601
service_pack = 1
[memory]
body = full
first_page = 0x180
[header]
NumberProcessors = 2
BugCheckCode = 0xd1
BugCheckParameter1 = 0x18
BugCheckParameter2 = 2
BugCheckParameter3 = 0
BugCheckParameter4 = netio.sys + 0x2b1c
[driver ntoskrnl.exe]
version = "6.1.7601.17514"
[driver netio.sys]
base = 0xfffff88001200000
size = 0x60000
timestamp = 2010-11-20T09:23:13Z
version = "6.1.7601.17514"
[driver e1k62x64.sys]
base = 0xfffff88004000000
size = 0x55000
timestamp = 2009-09-01T10:00:00Z
version = "11.2.19.0"
company = "Intel Corporation"
[map names]
at = 0xfffffa8001000000
size = 0x1000
mapping = prototype
[map resources]
at = e1k62x64.sys + 0x54000
mapping = missing
