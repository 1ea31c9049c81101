# A 32-bit program that a 64-bit tool dumped with its memory: the layer that runs it keeps its
# registers, and the system has put those of the exception on its stack.
include ../user-wow64/in.mk
[image SysWOW64.dll]
path = "C:\\Windows\\SysWOW64\\ntdll.dll"
base = 0x77400000
size = 0x1a0000
[image helper.dll]
path = "C:\\Shop\\helper.dll"
base = 0x10000000
size = 0x10000
[task main]
Teb = 0x3c0000
[range teb]
at = 0x3c0000
size = 0x1490
+0x0000 = u64 0x3c2000
+0x1488 = u64 0x9fd20
[range teb32]
at = 0x3c2000
size = 0x20
+0x04 = u32 0x1a0000, 0x19d000
+0x18 = u32 0x3c2000
# WOW64_CPURESERVED: the program waits for the writer of the dump.
[range layer]
at = 0x9fd20
size = 0x2e0
+0x02 = u16 0x14c
+0x04 = u32 0x1007f
+0xb8 = u32 0x19f5f0
+0xbc = u32 SysWOW64.dll + 0x7290c
+0xc0 = u32 0x23
+0xc8 = u32 0x19f008, 0x2b
# The program's stack: what the exception left, and the frames it was raised in.
[range program]
at = 0x19f000
size = 0x1000
+0x008 = u32 SysWOW64.dll + 0x41237
+0x100 = u32 0x1007f
+0x1b0 = u32 5
+0x1b4 = u32 0x19f900
+0x1b8 = u32 till.exe + 0x1234
+0x1bc = u32 0x23
+0x1c4 = u32 0x19f8e0, 0x2b
+0x5f0 = u32 0x19f900, SysWOW64.dll + 0x60001
+0x900 = u32 0x19f980, helper.dll + 0x2345
+0x980 = u32 0x19fa00, till.exe + 0x3457
+0xa00 = u32 0, SysWOW64.dll + 0x67a9e
