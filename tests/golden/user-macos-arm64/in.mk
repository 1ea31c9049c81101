# Crashpad on macOS: a bad access, with annotations of the process and of a library.
[dump]
kind = minidump
machine = arm64
[sysinfo]
PlatformId = 0x8101
MajorVersion = 15
MinorVersion = 7
BuildNumber = 4
NumberOfProcessors = 10
ProductType = 0
text = "24G517"
[image shop]
path = "/Applications/Shop.app/Contents/MacOS/Shop"
base = 0x1006b4000
size = 0x8000
pdb = "Shop"
Guid = 73781ede-bf5b-34ec-81b2-749a0f1fa5fd
Age = 0
[image libsystem_c.dylib]
path = "/usr/lib/system/libsystem_c.dylib"
base = 0x18ba00000
size = 0x80000
pdb = "libsystem_c.dylib"
Guid = d4dfdc28-3d49-3afa-a7c8-082e9363b7c4
Age = 0
[context main]
ContextFlags = 0x400007
Pc = shop + 0x1a30
Sp = stack + 0x10
Fp = stack + 0x30
Lr = shop + 0x1b04
[range main]
as = stack
at = 0x16f74a400
size = 0x200
+0x30 = pointer stack + 0x80, shop + 0x1c00
[task main]
id = 0x5d8c36
[fault]
Code = 1
Flags = 2
Address = 0x1006b4100
NumberParameters = 3
Information0 = 10
Information1 = 0xb100002
Information2 = 0x1006b4100
# MinidumpUTF8String: u32 bytes, text, NUL.
[stream texts]
type = 0x7fff0001
+0x00 = u32 3; text "ver\0"
+0x08 = u32 5; text "2.1.0\0"
+0x14 = u32 14; text "abort() called\0"
[stream dictionary]
type = 0x7fff0002
+0 = u32 1, texts.offset, texts.offset + 8
[stream library]
type = 0x7fff0003
+0 = u32 1, texts.offset + 0x14
+8 = u32 1, 8, library.offset, 0, 0, 0, 0
[stream links]
type = 0x7fff0004
+0 = u32 1, 1, 28, library.offset + 8
[stream crashpad]
type = 0x43500001
+0 = u32 1; zero 32; u32 12, dictionary.offset, 16, links.offset
