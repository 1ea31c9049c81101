include ../common/memory-2008-x64.mk
