# A workstation of another version.
include ../kb909665-unfixed/in.mk
set header.MinorVersion = 2600
set header.ProductType = 1
