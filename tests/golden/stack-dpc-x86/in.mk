# A fault in a deferred procedure call of 32-bit Windows. No tables tell how the kernel changed
# stacks; the last word of the other stack is where the thread's went on.
include ../common/memory-2003-x86-pae.mk
[header]
BugCheckCode = 0xd1
BugCheckParameter1 = 0x18
BugCheckParameter2 = 2
BugCheckParameter3 = 0
BugCheckParameter4 = netvend.sys + 0x1abc
[driver netvend.sys]
base = 0xf7200000
size = 0x20000
version = "3.1.0.0"
company = "Example Networks"
[driver storx.sys]
base = 0xf7300000
size = 0x20000
version = "1.2.0.0"
company = "Example Storage"
remove stack
[stack]
at = 0xf7d0ec00
size = 0x400
+0x00 = pointer nt + 0x7c3f2
[trapframe fault]
at = stack + 0x100
Eip = netvend.sys + 0x1abc
SegCs = 0x8
Ebp = stack + 0x280
[data routine]
at = stack + 0x184
+0x08 = pointer netvend.sys + 0x2345
+0x40 = pointer nt + 0x7d3f5
[data switch]
at = stack + 0x3f8
+0x00 = u32 0xb9e40e00
[thread]
StackBase = 0xb9e41000
StackLimit = 0xb9e3e000
InitialStack = 0xb9e41000
KernelStack = 0xb9e40d00
[data interrupted]
at = 0xb9e40d00
size = 0x300
+0x80 = pointer clusnet.sys + 0x1237
+0x118 = pointer nt + 0x3e113
+0x140 = pointer storx.sys + 0x4567
[kdbg]
OffsetPrcbProcStateContext = 0x1c
[context saved]
at = prcb + 0x1c
ContextFlags = 0x1001f
Eip = nt + 0x54090
Esp = stack
Ebp = stack + 0x14
SegCs = 0x8
