include ../q243852-0x24/in.mk
set header.BugCheckCode = 0x1e
