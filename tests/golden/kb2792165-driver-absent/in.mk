include ../kb2792165-unfixed/in.mk
remove driver ntfs.sys
[driver other.sys]
as = ntfs.sys
base = 0xfffffa6001004000
size = 0x180000
