[dump]
machine = x64
kind = header
build = 17763
[header]
DumpType = 6
BugCheckCode = 0x50
[body]
size = 0x2000
+0x00 = text "SDMPDUMP"
+0x20 = u64 0x4000, 1, 0x1000
+0x38 = hex 01
