# KB2792165: the file of the hotfix itself.
include ../common/memory-2008-x64.mk
set ntfs.sys.version = "6.0.6002.23012"
