# A program that says much of itself: streams of its own, comments, memory, handles, a time zone;
# and a C++ exception whose type is in the dump.
include ../common/shop-x64.mk
[context main]
Rip = kernel32.dll + 0x2f69
[range main]
+0x68 = zero 8
+0xc8 = zero 8
[range throw]
as = throw
at = prices.dll + 0x3000
size = 0x400
+0x00c = u32 0x3100
+0x100 = u32 1, 0x3200
+0x204 = u32 0x3300
+0x310 = text ".?AVout_of_stock@shop@@\0"
[fault]
Code = 0xe06d7363
Flags = 1
Address = kernel32.dll + 0x2f69
NumberParameters = 4
Information0 = 0x19930520
Information1 = stack + 0x60
Information2 = prices.dll + 0x3000
Information3 = prices.dll
[misc]
size = 0x340
Flags1 = 0x53
# Medium integrity; daylight time of western Europe.
+0x2c = u32 0x2000
+0x38 = u32 2
+0x3c = u32 0xffffffc4
+0x40 = utf16 "W. Europe Standard Time"
+0x94 = utf16 "W. Europe Daylight Time"
+0xe4 = u32 0xffffffc4
[stream commentA]
type = 0x0a
+0 = text "*** procdump -e -ma shop.exe\n*** Unhandled exception: E06D7363\0"
[stream commentW]
type = 0x0b
+0 = utf16 "second look"
[stream names]
type = 0x7fff0001
+0x00 = u32 10; utf16 "Event"
+0x20 = u32 32; utf16 "\\Sessions\\1\\Shop"
[stream handles]
type = 0x0c
+0x00 = u32 16, 40, 3, 0
+0x10 = u32 4, 0, names.offset, names.offset + 0x20; zero 24
+0x38 = u32 8, 0, names.offset, 0; zero 24
+0x60 = u32 12, 0; zero 32
# 2 GiB of RAM, all but full: what can be committed is used up.
[stream memory]
type = 0x15
size = 0x1ec
+0x00 = u16 1, 0; u32 0, 4096, 0x80000
+0x74 = u64 0x1000, 0xff000, 0x100000, 0x100000
[stream counters]
type = 0x16
size = 0x98
+0x00 = u16 2, 0
+0x38 = u64 0x60000000, 0x70000000
[stream message]
type = 0x10000
+0 = utf16 "Assertion failed: stock > 0 [Stock.cpp:81]"
[stream numbers]
type = 0x10001
+0 = u32 1, 2, 3, 4
