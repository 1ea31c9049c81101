# The other form of data blocks in 32-bit dumps: 12 bytes each.
include ../layout-xp-x86/in.mk
[blocks]
stride = 12
