include ../kb977153-unfixed/in.mk
set volsnap.sys.NameLength = 0xffffffff
set tcpip.sys.DriverNameOffset = 0xfffffff0
