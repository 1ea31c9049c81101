# The list of modules leads out of the dump after its second entry.
include ../common/memory-2012-x64.mk
set storport.sys.Flink = 0xfffffa8009000000
