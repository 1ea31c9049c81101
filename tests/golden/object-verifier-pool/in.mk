# Driver Verifier: pool that was freed twice; the tag in its header tells whose it was.
include ../common/w81-x64.mk
[header]
BugCheckCode = 0xc4
BugCheckParameter1 = 0x13
BugCheckParameter2 = 0
BugCheckParameter3 = 0xffffe000f7008000
BugCheckParameter4 = 0x4e0a0100
[data block]
at = 0xffffe000f7008000
size = 0x100
+0x00 = 00 00 0a 04
+0x04 = text "NVnd"
