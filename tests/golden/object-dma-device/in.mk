# The IOMMU stopped a device: its object leads to the driver.
include ../verdict-object/in.mk
set header.BugCheckCode = 0xe6
set header.BugCheckParameter1 = 0x26
set header.BugCheckParameter2 = 0xffffe000f7008000
set header.BugCheckParameter3 = 0x1f7bfe000
set header.BugCheckParameter4 = 6
