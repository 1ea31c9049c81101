include ../layout-w81-x64/in.mk
set triage.DataBlocksCount = 0xffffffff
set code.Offset = 0xffffff00
set low.Size = 0xffffffff
set high.Address = 0xffffffffffffff80
