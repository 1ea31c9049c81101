# A file that was invalidated: its name, and on whose device.
include ../verdict-object/in.mk
set header.BugCheckCode = 0xe8
set header.BugCheckParameter1 = 0xffffe000f700b000
set header.BugCheckParameter2 = 0
set header.BugCheckParameter3 = 0
set header.BugCheckParameter4 = 0
[data file]
at = 0xffffe000f700b000
size = 0xd8
+0x00 = u16 5, 0xd8
+0x08 = u64 0xffffe000f7008000
+0x58 = u16 36, 38
+0x60 = u64 0xffffe000f700b100
[data filename]
at = 0xffffe000f700b100
size = 0x40
+0x00 = utf16 "\\Data\\journal.bin\0"
