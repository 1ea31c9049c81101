# The article is about NT 4.0.
include ../q243852-0x24/in.mk
set header.MinorVersion = 2195
