# A damaged link of the list of modules leads into the middle of something else.
include ../common/memory-2012-x64.mk
set storport.sys.Flink = 0xfffffa8001000140
