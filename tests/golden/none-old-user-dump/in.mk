include ../none-empty/in.mk
append = text "USERDUMP"; zero 4088
