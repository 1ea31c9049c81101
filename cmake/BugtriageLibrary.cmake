# libbugtriage: the objects of every room but the command line in one library, and what another
# project needs to find it: headers, a CMake package, a pkg-config file.
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY BUGTRIAGE_ROOMS)
list(REMOVE_ITEM rooms bt_cli)
set(objects)
set(externals)
foreach(room IN LISTS rooms ITEMS bt_kb_builtin)
    list(APPEND objects $<TARGET_OBJECTS:${room}>)
    get_target_property(linked ${room} LINK_LIBRARIES)
    list(APPEND externals ${linked})
endforeach()
list(FILTER externals EXCLUDE REGEX "^bt_|^::@|NOTFOUND$")
list(REMOVE_DUPLICATES externals)

# Plain names of the libraries, which are right wherever the package is installed.
set(names)
foreach(external IN LISTS externals)
    if(external STREQUAL "ZLIB::ZLIB")
        list(APPEND names z)
    elseif(external STREQUAL "PkgConfig::YAML")
        list(APPEND names yaml)
    elseif(external STREQUAL "Zydis::Zydis")
        list(APPEND names Zydis)
    elseif(external MATCHES "/lib([^/]+)\\.(so|a)$")
        list(APPEND names ${CMAKE_MATCH_1})
    else()
        list(APPEND names ${external})
    endif()
endforeach()
list(REMOVE_DUPLICATES names)

add_library(bugtriage ${objects})
add_library(bugtriage::bugtriage ALIAS bugtriage)
set_target_properties(bugtriage PROPERTIES
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    LINKER_LANGUAGE C)
target_include_directories(bugtriage INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
if(BUILD_SHARED_LIBS)
    target_link_libraries(bugtriage PRIVATE bt_options ${externals})
else()
    target_link_libraries(bugtriage PRIVATE $<BUILD_INTERFACE:bt_options> INTERFACE ${names})
endif()

install(TARGETS bugtriage EXPORT bugtriage
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/bugtriage
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/bugtriage)
install(EXPORT bugtriage NAMESPACE bugtriage:: FILE bugtriage-config.cmake
    DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/bugtriage-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/bugtriage-config-version.cmake DESTINATION ${package})

list(TRANSFORM names PREPEND "-l" OUTPUT_VARIABLE flags)
list(JOIN flags " " BUGTRIAGE_PC_LIBS)
if(BUILD_SHARED_LIBS)
    set(BUGTRIAGE_PC_LIBS)
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/bugtriage.pc.in ${PROJECT_BINARY_DIR}/bugtriage.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/bugtriage.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
