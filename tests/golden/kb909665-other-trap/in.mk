# Trap 0xD is another fault.
include ../kb909665-unfixed/in.mk
set header.BugCheckParameter1 = 0xd
