# The stacks of all threads: one crashed, one waits, one has no registers.
include ../user-linux-x64/in.mk
[context waiting]
ContextFlags = 0x10000f
Rip = libc + 0x10a2b3
Rsp = rest + 0x40
Rbp = rest + 0x60
[range waiting]
as = rest
at = 0x7ffd84300000
size = 0x100
+0x60 = pointer 0, driver + 0x3fa7
[task waiting]
id = 20044
[task lost]
id = 20045
