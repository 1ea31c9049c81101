# A bitmap dump of Windows Server 2012 R2 taken from outside: the debugger block is scrambled,
# the header holds no context.
[dump]
kind = memory
machine = x64
build = 9600
[memory]
body = bitmap
first_page = 0x2000
step = 5
[header]
NumberProcessors = 1
BugCheckCode = 0x133
BugCheckParameter1 = 1
BugCheckParameter2 = 0x1e00
BugCheckParameter3 = 0
remove context
[kdbg]
never = 0x9df1f9b1b0b56b1a
always = 0x00fa7b5e8c2d3f4e
[driver ntoskrnl.exe]
version = "6.3.9600.16384"
company = "Microsoft Corporation"
[driver storport.sys]
base = 0xfffff80002200000
size = 0x61000
version = "6.3.9600.16384"
[driver hpsa2.sys]
base = 0xfffff80002300000
size = 0x1f000
version = "62.28.0.64"
company = "Hewlett-Packard Company"
[context saved]
at = prcb + 0x5a00
ContextFlags = 0x10001f
Rip = nt + 0x54090
Rsp = stack
Rcx = 0x133
Rdx = 1
SegCs = 0x10
SegSs = 0x18
[stack]
+0x48 = pointer hpsa2.sys + 0x4321
