include ../none-empty/in.mk
append = text "HIBR"; zero 4092
