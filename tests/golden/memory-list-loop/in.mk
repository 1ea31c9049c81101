# The list of modules comes back to its second entry and never to its head.
include ../common/memory-2012-x64.mk
set hpsa2.sys.Flink = 0xfffffa8001000110
