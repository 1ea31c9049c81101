# Windows XP SP2, x86, with a data page and data blocks.
[dump]
machine = x86
build = 2600
service_pack = 2
size = 0x10000

[header]
NumberProcessors = 1
ProductType = 1
SuiteMask = 0x300
SystemTime = 2005-06-30T19:45:12Z
SystemUpTime = 1h2m

[driver ntoskrnl.exe]
base = 0x804d7000
size = 0x215680
timestamp = 2005-03-02T00:59:37Z
checksum = 0x212f1a

[drivers]
stride = 0x54

[driver hal.dll]
base = 0x806ed000
size = 0x13d80
timestamp = 2004-08-04T05:59:04Z

[driver usbvend.sys]
base = 0xf8a14000
size = 0x4c80
timestamp = 2001-08-17T20:58:00Z

[page]
at = 0x81f3a000
size = 0x1000
+0x10 = text "data page"

[block object]
at = 0x81e2c000
size = 0x200
