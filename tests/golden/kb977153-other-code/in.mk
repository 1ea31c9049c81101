include ../kb977153-unfixed/in.mk
set header.BugCheckCode = 0xd5
