include ../q243852-0x24/in.mk
remove driver dblhook.sys
[driver other.sys]
as = dblhook.sys
base = 0xf8ec0000
size = 0x9000
