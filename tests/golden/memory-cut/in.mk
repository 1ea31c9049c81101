# The last pages never came: the disk was full.
include ../common/memory-2012-x64.mk
truncate 0x18800
