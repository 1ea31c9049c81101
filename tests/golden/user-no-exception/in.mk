# A program that was looked at while it ran: there is no exception, and nothing is to blame.
include ../common/shop-x64.mk
