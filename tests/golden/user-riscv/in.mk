# Breakpad on a processor that is not read: said, and nothing guessed from its registers.
include ../user-linux-x64/in.mk
[sysinfo]
ProcessorArchitecture = 0x8006
[fault]
Code = 11
Flags = 1
Address = 0x10
