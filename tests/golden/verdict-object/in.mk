# A held power request: disk.sys waits for the driver of the device below it.
include ../common/w81-x64.mk
[driver disk.sys]
base = 0xfffff80011a00000
size = 0x1c000
timestamp = 2013-08-22T11:39:00Z
[header]
BugCheckCode = 0x9f
BugCheckParameter1 = 3
BugCheckParameter2 = 0xffffe000f7008000
BugCheckParameter3 = 0xffffd000a3f29f00
BugCheckParameter4 = 0xffffe000f7009000
[data pdo]
at = 0xffffe000f7008000
size = 0x200
+0x00 = u16 3
+0x08 = u64 0xffffe000f700a000, 0x0, 0xffffe000f7008400
+0x138 = u64 0xffffe000f7008200
[data pdoext]
at = 0xffffe000f7008200
size = 0x80
+0x08 = u64 0xffffe000f7008000
[data fdo]
at = 0xffffe000f7008400
size = 0x200
+0x00 = u16 3
+0x08 = u64 0xffffe000f700a400, 0x0, 0x0
+0x138 = u64 0xffffe000f7008600
[data fdoext]
at = 0xffffe000f7008600
size = 0x80
+0x08 = u64 0xffffe000f7008400
+0x30 = u64 0xffffe000f7008000
[data irp]
at = 0xffffe000f7009000
size = 0xd0
+0x00 = u16 6
+0x42 = 05 03
+0xb8 = u64 0xffffe000f7009100
[data location]
at = 0xffffe000f7009100
size = 0x48
+0x00 = 16 02
+0x28 = u64 0xffffe000f7008400
[data driver1]
at = 0xffffe000f700a000
size = 0x150
+0x00 = u16 4
+0x18 = pointer netvend.sys
+0x20 = u32 0x8f000
+0x38 = u16 30, 32
+0x40 = u64 0xffffe000f700a800
[data driver2]
at = 0xffffe000f700a400
size = 0x150
+0x00 = u16 4
+0x18 = pointer disk.sys
+0x20 = u32 0x1c000
+0x38 = u16 24, 26
+0x40 = u64 0xffffe000f700a900
[data name1]
at = 0xffffe000f700a800
+0 = utf16 "\\Driver\\netvend"
[data name2]
at = 0xffffe000f700a900
+0 = utf16 "\\Driver\\disk"
