# A complete dump of NT 4.0: no field for its kind, no debugger block, no saved context in the
# header. The lists begin in the header, the processor at its fixed address.
[dump]
kind = memory
machine = x86
build = 1381
[header]
DumpType = page
ProductType = page
SuiteMask = page
PaeEnabled = page
KdDebuggerDataBlock = page
NumberProcessors = 1
BugCheckCode = 0x24
BugCheckParameter1 = 0x00190201
BugCheckParameter2 = 0xfc5136a4
BugCheckParameter3 = 0xfc5134e0
BugCheckParameter4 = 0x8021ea12
SystemTime = 2000-03-14T09:26:53Z
[driver ntoskrnl.exe]
base = 0x80100000
size = 0x128000
timestamp = 1998-10-16T21:09:00Z
version = "4.0.1381.133"
company = "Microsoft Corporation"
[driver ntfs.sys]
base = 0x80329000
size = 0x57000
version = "4.0.1381.130"
[driver dblhook.sys]
name = "Dblhook.sys"
base = 0xf8ec0000
size = 0x9000
timestamp = 1999-07-21T18:40:09Z
version = "2.1.0.0"
company = "NSI Software"
remove context
remove kdbg
remove exception
[stack]
at = 0xfc513000
size = 0x1000
+0x800 = pointer stack + 0x820, dblhook.sys + 0x2a1c
+0x820 = pointer 0, nt + 0x3f21
[context saved]
at = prcb + 0x1c
ContextFlags = 0x1001f
Eip = nt + 0x1a6f4
Esp = stack + 0x7e0
Ebp = stack + 0x800
SegCs = 8
[data call1]
at = dblhook.sys + 0x2a17
+0 = e8 00 00 00 00
[data call2]
at = nt + 0x3f1c
+0 = e8 00 00 00 00
[driver ntoskrnl.exe]
as = nt
