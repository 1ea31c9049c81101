include ../none-empty/in.mk
append = text "The system has recovered from a serious error.\r\n"
