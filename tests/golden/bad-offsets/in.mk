# Every offset points behind the end.
include ../kb977153-unfixed/in.mk
set triage.DriverListOffset = 0xfffff000
set triage.UnloadedDriversOffset = 0xfffff000
set triage.PrcbOffset = 0xfffff000
set triage.ProcessOffset = 0xfffff000
set triage.ThreadOffset = 0xfffff000
set triage.CallStackOffset = 0xfffff000
set triage.DebuggerDataOffset = 0xfffff000
set triage.MmOffset = 0xfffff000
