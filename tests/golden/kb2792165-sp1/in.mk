include ../kb2792165-unfixed/in.mk
set header.MinorVersion = 6001
set triage.ServicePackBuild = 0x100
