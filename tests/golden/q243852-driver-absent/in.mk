include ../q243852-0x24/in.mk
remove driver dblhook.sys
