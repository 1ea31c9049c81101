include ../kb977153-unfixed/in.mk
set unloads.Count = 0x7fffffff
