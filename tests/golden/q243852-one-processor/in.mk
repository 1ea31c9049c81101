# The driver fails on several processors only.
include ../q243852-0x24/in.mk
set header.NumberProcessors = 1
