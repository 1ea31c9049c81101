# The article is about the server; a Vista SP2 has the same build.
include ../kb2792165-unfixed/in.mk
set header.ProductType = 1
