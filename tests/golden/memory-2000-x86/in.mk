# A kernel memory dump of Windows 2000: plain page tables although the header says PAE, large
# pages for the kernel, and a page of paged pool in transition.
[dump]
kind = memory
machine = x86
build = 2195
service_pack = 4
[memory]
body = summary
paging = x86
[header]
PaeEnabled = 1
BugCheckCode = 0xc2
BugCheckParameter1 = 7
BugCheckParameter2 = 0xcd4
BugCheckParameter3 = 0x205001c
BugCheckParameter4 = 0xe1b3a008
[driver ntoskrnl.exe]
base = 0x80400000
size = 0x1a2000
version = "5.0.2195.6717"
[map kernel]
at = 0x80400000
size = 0x400000
mapping = large
[map pool]
at = 0xe1b3a000
mapping = transition
[data pool]
at = 0xe1b3a000
size = 0x100
