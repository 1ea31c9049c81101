# A deferred procedure call that runs too long: it has a stack of its own, and interrupted a
# thread in another driver. Tables of functions lead from stack to stack.
include ../common/memory-2012-x64.mk
[header]
BugCheckParameter1 = 0
BugCheckParameter2 = 0x501
BugCheckParameter3 = 0x500
[driver storx.sys]
base = 0xfffff80002400000
size = 0x40000
version = "1.2.0.0"
company = "Example Storage"
[stack]
at = 0xfffff80003fe0c00
size = 0x400
+0x00 = pointer nt + 0x1140
+0x30 = pointer nt + 0x1340
+0x38 = u64 hpsa2.sys + 0x1140, 0x10, 0x246, stack + 0x100, 0x18
+0x120 = u64 0xffffd00021fa4720
+0x128 = pointer nt + 0x1240
[thread]
StackBase = 0xffffd00021fa6000
StackLimit = 0xffffd00021fa0000
InitialStack = 0xffffd00021fa5c90
KernelStack = 0xffffd00021fa4400
[data interrupted]
at = 0xffffd00021fa4700
size = 0x1900
+0x20 = u64 0xffffd00021fa4730
+0x28 = pointer nt + 0x1440
+0x58 = pointer nt + 0x1344
+0x60 = u64 storx.sys + 0x2345, 0x10, 0x246, 0xffffd00021fa4900, 0x18
+0x248 = pointer storport.sys + 0x3457
# Functions of the kernel: 1100 on the way to the stop, 1200 changes stacks (push rbp; lea
# rbp, [rsp+20h]), 1300 is entered by an interrupt, 1400 only calls.
[data tables]
at = nt + 0x108
+0x18 = u32 0x4000, 0x30
[data functions]
at = nt + 0x4000
+0x00 = u32 0x1100, 0x1180, 0x4100
+0x0c = u32 0x1200, 0x1280, 0x4120
+0x18 = u32 0x1300, 0x1380, 0x4140
+0x24 = u32 0x1400, 0x1480, 0x4160
+0x100 = 01 04 01 00 04 42
+0x120 = 01 0a 03 25 0a 03 05 32 01 50
+0x140 = 01 00 01 00 00 0a
+0x160 = 01 05 02 00 05 32 01 50
[data routine]
at = hpsa2.sys + 0x108
+0x18 = u32 0x4000, 0x0c
[data routines]
at = hpsa2.sys + 0x4000
+0x00 = u32 0x1100, 0x1180, 0x4100
+0x100 = 01 05 02 00 05 32 01 50
