include ../common/w10-x64.mk
[header]
BugCheckCode = 0x116
BugCheckParameter1 = 0xffff9a06cf0b1010
BugCheckParameter2 = vgpu.sys + 0xe1b2c0
BugCheckParameter3 = 0xffffffffc000009a
BugCheckParameter4 = 4
