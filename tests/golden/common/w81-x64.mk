# Windows 8.1, x64: the first writer at its fullest. Data blocks, some touching, one over
# another; a call stack that is the thread's; 0x40000 bytes and then secondary data.
[dump]
machine = x64
build = 9600
size = 0x40000

[header]
NumberProcessors = 4
ProductType = 1
SystemTime = 2017-11-13T18:21:07Z
SystemUpTime = 5h12m
PsLoadedModuleList = nt + 0x2bb650

[driver ntoskrnl.exe]
base = 0xfffff8019be0e000
size = 0x756000
timestamp = 2017-09-13T15:11:27Z
checksum = 0x6e1aa0

[driver hal.dll]
base = 0xfffff8019c564000
size = 0x71000
timestamp = 2017-03-02T21:02:35Z

[driver ndis.sys]
base = 0xfffff80010da0000
size = 0x118000
timestamp = 2017-03-04T02:04:17Z

[driver netvend.sys]
base = 0xfffff800117a4000
size = 0x8f000
timestamp = 2013-06-24T10:32:01Z

[stack]
at = 0xffffd000a3f29e58
size = 0x11a8
+0x00 = pointer nt + 0x15a7e9
+0x380 = pointer netvend.sys + 0x1c2d8, 0x0

[process]
at = 0xffffe000f6cf5040

[thread]
at = 0xffffe000f8b5a880

[prcb]
at = 0xfffff8019c0d0180
Number = 2

[kdbg]
at = nt + 0x2a8530

[block code]
at = netvend.sys + 0x1c000
size = 0x1000

[block low]
at = 0xffffe000f7001000
size = 0x1000

[block high]
at = 0xffffe000f7002000
size = 0x1000

[block over]
at = 0xffffe000f7001f00
size = 0x80

[data across]
at = 0xffffe000f7001ff8
+0 = u64 0x1111222233334444, 0x5555666677778888

[processor]
ProcessorNameString = "AMD FX(tm)-6300 Six-Core Processor"
~MHz = 3516
