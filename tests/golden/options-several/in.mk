include ../kb977153-unfixed/in.mk
