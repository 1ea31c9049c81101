# Control characters, a lone surrogate and markup in a driver's name.
include ../kb977153-unfixed/in.mk
[driver evil]
name = "a\x1b[31m<b>\xff\n=cmd.sys"
base = 0xfffffa6003000000
