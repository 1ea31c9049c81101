# Windows Vista SP2 is in the article too.
include ../kb977153-unfixed/in.mk
set header.ProductType = 1
