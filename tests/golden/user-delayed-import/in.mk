# A library that is missing: its name is in the record of the delayed import.
include ../common/shop-x64.mk
[context main]
Rip = kernel32.dll + 0x2f69
[range import]
as = import
at = shop.exe + 0x8000
size = 0x80
+0x00 = u32 0x48
+0x18 = pointer import + 0x60
+0x60 = text "cardreader.dll\0"
[fault]
Code = 0xc06d007e
Flags = 1
Address = kernel32.dll + 0x2f69
NumberParameters = 1
Information0 = import
