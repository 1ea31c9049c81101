# A machine check with two banks of two processors, of which the parameters tell one.
include ../common/w10-x64.mk
[header]
BugCheckCode = 0x124
BugCheckParameter1 = 0
BugCheckParameter2 = record
BugCheckParameter3 = 0xbe000000
BugCheckParameter4 = 0x0100110a
[data record]
at = 0xffff9a06d3c5e028
size = 0x560
+0x00 = text "CPER"
+0x04 = u16 0x210
+0x06 = u32 0xffffffff
+0x0a = u16 3
+0x0c = u32 1
+0x14 = u32 0x560
+0x80 = u32 0x158, 0xc0
+0x90 = u32 0x9876ccad
+0xb0 = u32 1
+0xc8 = u32 0x218, 0x110
+0xd8 = u32 0x8a1e1d01
+0xf8 = u32 1
+0x110 = u32 0x328, 0x110
+0x120 = u32 0x8a1e1d01
+0x140 = u32 1
# the first bank: the last-level cache, with an address
+0x218 = u32 2, 1
+0x228 = u32 6
+0x23c = u32 9
+0x240 = u64 0xbe0000000100110a, 0x3f7a4c0c0
# the second: a time-out of the bus
+0x328 = u32 2, 1
+0x338 = u32 7
+0x34c = u32 4
+0x350 = u64 0xfa00000000070f0f
