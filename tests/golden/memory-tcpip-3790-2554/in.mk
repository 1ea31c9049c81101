# KB909665: the file of the hotfix.
include ../common/memory-2003-x86-pae.mk
set tcpip.sys.version = "5.2.3790.2554"
