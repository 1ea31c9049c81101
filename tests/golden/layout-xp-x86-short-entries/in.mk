include ../layout-xp-x86/in.mk
[drivers]
stride = 0x4c
