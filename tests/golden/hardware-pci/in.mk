# An error of PCI Express: the record names the device; no machine check is in the parameters.
include ../common/w10-x64.mk
[header]
BugCheckCode = 0x124
BugCheckParameter1 = 4
BugCheckParameter2 = record
BugCheckParameter3 = 0
BugCheckParameter4 = 0
[data record]
at = 0xffff9a06d3c5e028
size = 0x300
+0x00 = text "CPER"
+0x0a = u16 2
+0x0c = u32 1
+0x14 = u32 0x300
+0x80 = u32 0x158, 0xd0
+0x90 = u32 0xd995e954
+0xb0 = u32 1
+0xc8 = u32 0x228, 0x50
+0xd8 = u32 0xa5bc1114
+0xf8 = u32 1
+0xfc = text "DIMM_A2"
+0x158 = u64 0x0f
+0x170 = u16 0x10de, 0x1e87
+0x177 = 00 00 00 00 01
+0x228 = u64 0x06
+0x238 = u64 0x1f7bfe040
