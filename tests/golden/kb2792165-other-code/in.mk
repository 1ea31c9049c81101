include ../kb2792165-unfixed/in.mk
set header.BugCheckCode = 0x23
