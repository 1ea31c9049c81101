include ../common/memory-2012-x64.mk
