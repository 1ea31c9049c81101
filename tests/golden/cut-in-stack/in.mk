include ../kb977153-unfixed/in.mk
truncate stack.offset + 0x200
