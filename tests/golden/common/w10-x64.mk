# Windows 10 22H2 (kernel build 19041), x64: the second writer. Base names, raw loader entries,
# an odd size and a tail of zeros behind the secondary data.
[dump]
machine = x64
build = 19041
writer = B

[header]
NumberProcessors = 16
ProductType = 1
SuiteMask = 0x310
SystemTime = 2022-10-26T14:03:11Z
SystemUpTime = 2h7m19s
PsLoadedModuleList = nt + 0xc2a390

[driver ntoskrnl.exe]
base = 0xfffff8050f000000
size = 0x1046000
timestamp = 0x0d8333e6         # a hash of the build, not a time
checksum = 0xa66dfe
ExceptionTable = nt + 0xd7000
ExceptionTableSize = 0x62000

[driver hal.dll]
base = 0xfffff8050eec0000
size = 0x6000
timestamp = 0xa5a334d4

[driver vgpu.sys]
base = 0xfffff80527400000
size = 0x3b1e000
timestamp = 2022-08-02T11:20:44Z

[stack]
at = 0xffffb20e3d61e0f8
size = 0xf08
+0x00 = pointer nt + 0x40e1a9

[process]
at = 0xffff9a06d4e5f080
UniqueProcessId = 0x1d2c
ImageFileName = "render_15chars!"

[thread]
at = 0xffff9a06d50ad080

[prcb]
at = 0xffffab80b3b80180
VendorString = "AuthenticAMD"
MHz = 3293

[kdbg]
at = nt + 0xc00b20

[secondary]
tail = 0x40

[processor]
ProcessorNameString = "AMD Ryzen 9 6900HX with Radeon Graphics"
~MHz = 3293
