include ../none-empty/in.mk
append = hex 50 4b 03 04 14 00 00 00 08 00; zero 64
