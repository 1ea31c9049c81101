# Windows Server 2008 SP2, x64, eight processors.
[dump]
machine = x64
build = 6002
service_pack = 2
size = 0x20000

[header]
NumberProcessors = 8
SystemTime = 2009-11-02T08:14:55Z
SystemUpTime = 3d4h

[driver hal.dll]
base = 0xfffff80002119000
size = 0x46000
timestamp = 2009-04-11T05:03:29Z

[driver mountmgr.sys]
base = 0xfffffa6000c0a000
size = 0x14000
timestamp = 2008-01-19T05:36:14Z
checksum = 0x1a2b3

[driver volsnap.sys]
base = 0xfffffa6000c9c000
size = 0x44000
timestamp = 2009-04-11T05:09:53Z

[driver ntfs.sys]
name = "Ntfs.sys"
base = 0xfffffa6001004000
size = 0x180000
timestamp = 2009-04-11T05:05:46Z
checksum = 0x183344

[driver tcpip.sys]
base = 0xfffffa6001209000
size = 0x174000
timestamp = 2009-04-11T05:12:09Z

[driver storport.sys]
base = 0xfffffa6000a4e000
size = 0x60000
timestamp = 2009-04-11T05:07:48Z

[unloaded crash]
name = "dump_storport.sys"
base = 0xfffffa6001600000
end = 0xfffffa600160e000

[processor]
ProcessorNameString = "Intel(R) Xeon(R) CPU           E5430  @ 2.66GHz"
Identifier = "Intel64 Family 6 Model 23 Stepping 6"
VendorIdentifier = "GenuineIntel"
~MHz = 2660
