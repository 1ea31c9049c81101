# The driver is loaded, but nothing on the stack points to it.
include ../q243852-0x24/in.mk
[stack]
+0x144 = u32 0
