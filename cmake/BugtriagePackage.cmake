# Packages: `cpack -G DEB` in the build folder on Debian, `cpack -G TGZ` or `ZIP` elsewhere.
set(CPACK_PACKAGE_VENDOR "bugtriage")
set(CPACK_PACKAGE_CONTACT "bugtriage <bugtriage@localhost>")
set(CPACK_PACKAGE_FILE_NAME
    bugtriage-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Opened at run time where they are installed: archives, 32-bit and ARM64 disassembly.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libarchive13, libcapstone4")
if(WIN32)
    set(CPACK_GENERATOR ZIP)
else()
    set(CPACK_GENERATOR TGZ)
endif()
include(CPack)
