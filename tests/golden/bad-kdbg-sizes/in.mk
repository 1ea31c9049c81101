include ../kb977153-unfixed/in.mk
set kdbg.Size = 0xffffffff
set kdbg.SizeEProcess = 0xffff
set kdbg.OffsetEprocessPeb = 0xfff8
set kdbg.OffsetPrcbVendorString = 0xffff
