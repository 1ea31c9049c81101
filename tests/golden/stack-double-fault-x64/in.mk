# A kernel stack that is used up: 64-bit processors handle the double fault on a stack for
# just that.
include ../common/memory-2012-x64.mk
[header]
BugCheckCode = 0x7f
BugCheckParameter1 = 8
BugCheckParameter2 = stack + 0x200
BugCheckParameter3 = 0xffffd00021f9fff0
BugCheckParameter4 = nt + 0x161d4
[driver avfilter.sys]
base = 0xfffff80002400000
size = 0x40000
version = "3.1.0.0"
company = "Example Security"
[stack]
at = 0xfffff80003fe0c00
size = 0x400
+0x00 = pointer nt + 0x1141
+0x48 = zero 8
[trapframe fault]
at = stack + 0x200
Rip = nt + 0x161d4
Rsp = 0xffffd00021f9fff0
SegCs = 0x10
SegSs = 0x18
[thread]
StackBase = 0xffffd00021fa6000
StackLimit = 0xffffd00021fa0000
InitialStack = 0xffffd00021fa5c90
KernelStack = 0xffffd00021fa0400
[data used]
at = 0xffffd00021fa0000
size = 0x6000
+0x28 = pointer avfilter.sys + 0x2345
+0x98 = pointer storport.sys + 0x3457
+0x128 = pointer avfilter.sys + 0x2345
+0x248 = pointer storport.sys + 0x3457
+0x348 = pointer avfilter.sys + 0x2345
