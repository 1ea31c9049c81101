# One section with banks beside its own, as Windows 11 writes it.
include ../hardware-banks/in.mk
set record.size = 0x800
[data record]
+0x14 = u32 0x800
+0x0a = u16 2
+0xcc = u32 0x4a8
+0x218 = u32 4
+0x33c = u32 2
+0x340 = u32 0, 1
+0x350 = zero 0x70
+0x3c0 = u64 0xb200000000000005, 0x9c00000000000135
+0x4c0 = u64 0, 0x12340
