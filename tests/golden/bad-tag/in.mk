include ../kb977153-unfixed/in.mk
set tag.Tag = "\0\0\0\0"
