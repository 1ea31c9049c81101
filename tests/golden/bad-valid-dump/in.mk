# The writer stamps the second word last: this dump was never completed.
include ../kb977153-unfixed/in.mk
set header.ValidDump = "PAGE"
