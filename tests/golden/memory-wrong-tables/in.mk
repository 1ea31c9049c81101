# The page tables are not where the header says.
include ../common/memory-2012-x64.mk
patch 0x10 = u64 0x1000
