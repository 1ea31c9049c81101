# A live dump: the machine did not stop.
include ../layout-w10-x64/in.mk
set header.BugCheckCode = 0x161
set header.Attributes = 0x18
