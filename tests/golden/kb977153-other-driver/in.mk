# The instruction lies in another driver.
include ../kb977153-unfixed/in.mk
set header.BugCheckParameter3 = volsnap.sys + 0x5a10
set fault.Rip = volsnap.sys + 0x5a10
