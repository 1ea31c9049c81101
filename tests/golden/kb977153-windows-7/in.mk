include ../kb977153-unfixed/in.mk
set header.MinorVersion = 7601
set header.ProductType = 1
