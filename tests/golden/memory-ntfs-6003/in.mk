# KB2792165: the last servicing of Windows Server 2008, whose build says 6003.
include ../common/memory-2008-x64.mk
[dump]
build = 6003
[driver ntfs.sys]
version = "6.0.6003.20555"
