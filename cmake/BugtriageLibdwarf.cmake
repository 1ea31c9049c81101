# libdwarf, optional: BUGTRIAGE_LIBDWARF names the library to link, or is empty. Debian 12 has
# the last release of the old interface, without a .pc file or a CMake package; later releases
# dropped an argument. elfutils installs another dwarf.h, so libdwarf.h is what is searched for.
include(CheckCSourceCompiles)
include(CMakePushCheckState)

set(BUGTRIAGE_LIBDWARF "")
set(BUGTRIAGE_LIBDWARF_DEFINITIONS "")
option(BUGTRIAGE_DWARF "Read DWARF debug information through libdwarf, where it is found" ON)

if(BUGTRIAGE_DWARF AND NOT WIN32)
    find_path(LIBDWARF_INCLUDE_DIR libdwarf.h PATH_SUFFIXES libdwarf libdwarf-2 libdwarf-0)
    find_library(LIBDWARF_LIBRARY dwarf)
    mark_as_advanced(LIBDWARF_INCLUDE_DIR LIBDWARF_LIBRARY)
    if(LIBDWARF_INCLUDE_DIR AND LIBDWARF_LIBRARY)
        cmake_push_check_state(RESET)
        set(CMAKE_REQUIRED_INCLUDES ${LIBDWARF_INCLUDE_DIR})
        set(CMAKE_REQUIRED_LIBRARIES ${LIBDWARF_LIBRARY})
        check_c_source_compiles("#include <libdwarf.h>
            int main(void) { Dwarf_Debug d; return dwarf_init_b(0, 0, 0, 0, 0, &d, 0); }"
            BUGTRIAGE_LIBDWARF_OLD)
        check_c_source_compiles("#include <libdwarf.h>
            int main(void) { Dwarf_Debug d; return dwarf_init_b(0, 0, 0, 0, &d, 0); }"
            BUGTRIAGE_LIBDWARF_NEW)
        cmake_pop_check_state()
        if(BUGTRIAGE_LIBDWARF_OLD)
            set(BUGTRIAGE_LIBDWARF_DEFINITIONS BUGTRIAGE_LIBDWARF_ACCESS_ARGUMENT=1)
        endif()
        if(BUGTRIAGE_LIBDWARF_OLD OR BUGTRIAGE_LIBDWARF_NEW)
            set(BUGTRIAGE_LIBDWARF ${LIBDWARF_LIBRARY})
        endif()
    endif()
endif()

# The tests ask too.
set_property(GLOBAL PROPERTY BUGTRIAGE_LIBDWARF "${BUGTRIAGE_LIBDWARF}")
set_property(GLOBAL PROPERTY BUGTRIAGE_LIBDWARF_INCLUDES "${LIBDWARF_INCLUDE_DIR}")
