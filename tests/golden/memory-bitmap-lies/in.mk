# A bitmap that is longer than the file.
include ../common/memory-2012-x64.mk
set bitmap.Pages = 0x7fffffffffff
