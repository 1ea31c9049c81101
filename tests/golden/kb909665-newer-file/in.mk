# tcpip.sys was linked after the fixed file was published: a hint, no proof.
include ../kb909665-unfixed/in.mk
set tcpip.sys.timestamp = 2007-02-17T07:00:00Z
set header.SystemTime = 2007-06-04T08:00:00Z
