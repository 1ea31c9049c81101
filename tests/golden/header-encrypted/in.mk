include ../layout-w10-x64/in.mk
set header.Attributes = 0x108
