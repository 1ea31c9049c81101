# KB909665: service pack 2, whose own file holds the fix.
include ../common/memory-2003-x86-pae.mk
[dump]
service_pack = 2
[driver tcpip.sys]
version = "5.2.3790.3959"
[driver ntoskrnl.exe]
version = "5.2.3790.3959"
[data csd]
+0 = u32 0x200
