include ../kb977153-unfixed/in.mk
remove driver mountmgr.sys
[driver other.sys]
as = mountmgr.sys
base = 0xfffffa6000c0a000
size = 0x14000
