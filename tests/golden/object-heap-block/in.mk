# A damaged block of the kernel's heap: its tag tells whose it is, or was.
include ../common/w10-x64.mk
[header]
BugCheckCode = 0x13a
BugCheckParameter1 = 0x11
BugCheckParameter2 = 0xffff9a06c0200100
BugCheckParameter3 = 0xffff9a06d3c5e0f0
[data block]
at = 0xffff9a06d3c5e0e0
size = 0x60
+0x10 = 00 00 05 02
+0x14 = text "VGpq"
