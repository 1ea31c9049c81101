# Q243852: the other stop of the same article; the address lies in the hook driver.
include ../q243852-0x24/in.mk
[header]
BugCheckCode = 0x50
BugCheckParameter1 = 0xf8ec0f4d
BugCheckParameter2 = 0
BugCheckParameter3 = 0
BugCheckParameter4 = 0
