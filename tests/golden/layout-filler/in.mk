# Every field that may hold the filler does.
include ../layout-w81-x64/in.mk
set header.SystemTime = page
set header.SystemUpTime = page
set header.ProductType = page
set header.SuiteMask = page
set header.NumberProcessors = page
set header.PsLoadedModuleList = page
set header.KdDebuggerDataBlock = page
remove context
remove exception
