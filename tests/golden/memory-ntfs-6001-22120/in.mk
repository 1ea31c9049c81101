# KB2792165: service pack 1, to which the hotfix does not apply.
include ../common/memory-2008-x64.mk
[dump]
build = 6001
service_pack = 1
[driver ntfs.sys]
version = "6.0.6001.22120"
[driver ntoskrnl.exe]
version = "6.0.6001.18000"
[data csd]
+0 = u32 0x100
