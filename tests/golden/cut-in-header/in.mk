include ../kb977153-unfixed/in.mk
truncate 0x0f00
