# As verdict-astray, but most of the list of drivers is lost: where the instruction lies is not
# known, and nobody is blamed for a call into nowhere.
include ../verdict-astray/in.mk
set triage.DriverCount = 180
