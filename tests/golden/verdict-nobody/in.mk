# Damaged page tables: nothing points at a driver, and the stack is of whoever met the damage.
include ../common/w81-x64.mk
[header]
BugCheckCode = 0x1a
BugCheckParameter1 = 0x41792
BugCheckParameter2 = 0xfffff680003850a8
BugCheckParameter3 = 0x2000000000
BugCheckParameter4 = 0
[stack]
+0x380 = pointer netvend.sys + 0x2c2d7
