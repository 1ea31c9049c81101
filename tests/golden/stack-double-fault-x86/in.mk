# A kernel stack that is used up: the processor changed to the task of the double fault, whose
# state has the registers of the thread.
include ../common/memory-2003-x86-pae.mk
[header]
BugCheckCode = 0x1000007f
BugCheckParameter1 = 8
BugCheckParameter2 = 0x80042000
[driver avfilter.sys]
base = 0xf7200000
size = 0x20000
version = "3.1.0.0"
company = "Example Security"
remove stack
[stack]
at = 0x80557c00
size = 0x400
+0x00 = pointer nt + 0x7c3f2
[thread]
StackBase = 0xb9e41000
StackLimit = 0xb9e3e000
InitialStack = 0xb9e41000
KernelStack = 0xb9e3e200
[data task]
at = 0x80042000
size = 0x68
+0x08 = u32 0x10
+0x20 = u32 avfilter.sys + 0x1abc, 0x10246
+0x38 = u32 0xb9e3dffc
+0x3c = u32 0xb9e3e010
+0x4c = u32 8
[data used]
at = 0xb9e3e000
size = 0x3000
+0x14 = pointer avfilter.sys + 0x2345
+0x80 = pointer tcpip.sys + 0x3457
+0x118 = pointer avfilter.sys + 0x2345
+0x240 = pointer tcpip.sys + 0x3457
+0x340 = pointer avfilter.sys + 0x2345
[kdbg]
OffsetPrcbProcStateContext = 0x1c
[context saved]
at = prcb + 0x1c
ContextFlags = 0x1001f
Eip = nt + 0x54090
Esp = stack
Ebp = stack + 0x14
SegCs = 0x8
