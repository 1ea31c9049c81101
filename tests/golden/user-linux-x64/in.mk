# Breakpad on Linux: a division by zero, with the copies of /proc that it keeps.
[dump]
kind = minidump
machine = x64
build = 0
[sysinfo]
PlatformId = 0x8201
MajorVersion = 0
MinorVersion = 0
ProductType = 0
text = "Linux 3.13.0-53-generic #89-Ubuntu SMP Wed May 20 10:34:39 UTC 2015 x86_64"
[image driver]
path = "/home/user/bin/driver"
base = 0x400000
size = 0x17000
buildid = 7b 4f c0 b7 2a 5c af 80 87 0a 1c 23 46 68 a0 de 01 02 03 04
[image libc-2.19.so]
as = libc
path = "/lib/x86_64-linux-gnu/libc-2.19.so"
base = 0x7f3f0e03c000
size = 0x3c0000
buildid = 30 c9 4d c6 6a 1f e9 51 80 c3 d6 8d 2b 89 e5 76 01 02 03 04
[context main]
ContextFlags = 0x10000f
Rip = driver + 0x1f27
Rsp = stack + 0x100
Rbp = stack + 0x120
[range main]
as = stack
at = 0x7ffd83300000
size = 0x400
+0x120 = pointer stack + 0x200, driver + 0x2011
+0x200 = pointer 0, libc + 0x21ec5
[task main]
id = 20043
[fault]
Code = 8
Flags = 1
Address = driver + 0x1f27
[stream cpuinfo]
type = 0x47670003
+0 = text "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) CPU E5-1650 v3 @ 3.50GHz\ncpu MHz\t\t: 3500.000\n"
[stream status]
type = 0x47670004
+0 = text "Name:\tdriver\nPid:\t20043\nVmPeak:\t   14672 kB\nVmSize:\t   14668 kB\n"
[stream release]
type = 0x47670005
+0 = text "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_DESCRIPTION=\"Ubuntu 14.04 LTS\"\n"
[stream cmdline]
type = 0x47670006
+0 = text "./driver\0--fast\0"
[stream maps]
type = 0x47670009
+0 = text "00400000-00417000 r-xp 00000000 fd:00 1234 /home/user/bin/driver\n7ffd83300000-7ffd83303000 rw-p 00000000 00:00 0 [stack]\n"
