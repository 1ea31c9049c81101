# Every list that a report can have.
include ../kb977153-unfixed/in.mk
