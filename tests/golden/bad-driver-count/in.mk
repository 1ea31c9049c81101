include ../kb977153-unfixed/in.mk
set triage.DriverCount = 0xffffffff
