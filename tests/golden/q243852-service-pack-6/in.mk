# The article ends at SP4.
include ../q243852-0x24/in.mk
set triage.ServicePackBuild = 0x600
