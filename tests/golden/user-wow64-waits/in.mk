# The same without the program's memory: its registers alone say where it waits.
include ../user-wow64-stack/in.mk
remove range program
