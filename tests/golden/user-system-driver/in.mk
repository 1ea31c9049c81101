# The driver of a graphics card lies in the system's folder and is nobody's of the system.
include ../common/shop-x64.mk
[image nvoglv64.dll]
path = "C:\\Windows\\System32\\nvoglv64.dll"
base = 0x68a10000
size = 0x1d2d000
TimeDateStamp = 2009-08-17T01:02:03Z
[context main]
Rip = nvoglv64.dll + 0x10cda
[fault]
Code = 0xc0000005
Address = nvoglv64.dll + 0x10cda
NumberParameters = 2
Information0 = 0
Information1 = 0x40
