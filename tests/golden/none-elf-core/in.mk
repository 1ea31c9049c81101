include ../none-empty/in.mk
append = hex 7f 45 4c 46 02 01 01 00; zero 8; u16 4, 62; zero 44
