# Driver Verifier: a cancelled request that is not completed; the request tells who holds it.
include ../verdict-object/in.mk
set header.BugCheckCode = 0xc4
set header.BugCheckParameter1 = 0x135
set header.BugCheckParameter2 = 0xffffe000f7009000
set header.BugCheckParameter3 = 0
set header.BugCheckParameter4 = 0
