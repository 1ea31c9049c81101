include ../kb977153-unfixed/in.mk
set processor.DataSize = 0xfffffff0
set processor.PrePad = 0xfffffff0
