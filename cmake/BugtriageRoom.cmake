# One room of the house: a static library in src/<name>, included as "<name>/header.h".
# USES lists the rooms whose headers it may include; tests/lint/include_table.py checks the
# #include lines against the same lists.
#
#   bt_room(dump SOURCES probe.c kernel/header.c USES base io crash memory)
function(bt_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
    add_library(bt_${name} STATIC ${ROOM_SOURCES})
    add_library(bugtriage::${name} ALIAS bt_${name})
    target_include_directories(bt_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(bt_${name} PRIVATE bt_options ${ROOM_LIBRARIES})
    foreach(used IN LISTS ROOM_USES)
        target_link_libraries(bt_${name} PUBLIC bt_${used})
    endforeach()
    set_target_properties(bt_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    set_property(GLOBAL APPEND PROPERTY BUGTRIAGE_ROOMS bt_${name})
endfunction()
