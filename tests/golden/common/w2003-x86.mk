# Windows Server 2003 SP1, x86, four processors.
[dump]
machine = x86
build = 3790
service_pack = 1
size = 0x10000

[header]
NumberProcessors = 4
PaeEnabled = 1
SuiteMask = 0x112
DirectoryTableBase = 0x6f1000
SystemTime = 2006-01-17T22:41:08Z
SystemUpTime = 12d7h31m

[drivers]
stride = 0x54

[driver hal.dll]
base = 0x80a7a000
size = 0x2c000
timestamp = 2005-03-25T00:24:20Z

[driver scsiport.sys]
base = 0xf7241000
size = 0x1f000
timestamp = 2005-03-25T00:26:33Z

[driver ntfs.sys]
name = "Ntfs.sys"
base = 0xf7136000
size = 0xa1000
timestamp = 2005-03-25T00:29:05Z

[driver ndis.sys]
name = "NDIS.sys"
base = 0xf70f9000
size = 0x3d000
timestamp = 2005-03-25T00:44:13Z

[driver tcpip.sys]
base = 0xb9e1c000
size = 0x59000
timestamp = 2005-03-25T00:43:21Z

[driver afd.sys]
base = 0xb9df2000
size = 0x2a000
timestamp = 2005-03-25T00:43:02Z

[driver clusnet.sys]
base = 0xb9d70000
size = 0x1a000
timestamp = 2005-03-24T23:58:40Z

[driver b57xp32.sys]
base = 0xf6c40000
size = 0x27000
timestamp = 2005-02-18T04:11:59Z

[unloaded cdrom]
name = "Cdaudio.SYS"
base = 0xf7a10000
end = 0xf7a15000

[process]
UniqueProcessId = 4
ImageFileName = "System"
