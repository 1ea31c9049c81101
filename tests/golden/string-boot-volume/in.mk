# The same stop with the object of a device that could not be mounted.
include ../verdict-object/in.mk
set header.BugCheckCode = 0x7b
set header.BugCheckParameter1 = 0xffffe000f7008000
set header.BugCheckParameter2 = 0
set header.BugCheckParameter3 = 0
set header.BugCheckParameter4 = 0
