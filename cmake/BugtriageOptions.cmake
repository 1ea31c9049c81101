# Flags that every target of ours is built with: warnings, sanitizers, hardening and
# reproducible paths, gathered in the interface library bt_options.
include(CheckCCompilerFlag)

add_library(bt_options INTERFACE)
target_compile_features(bt_options INTERFACE c_std_17)

set(common_warnings
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wcast-align
    -Wformat=2 -Wundef -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
    -Wwrite-strings -Wnull-dereference -Wdouble-promotion -Wimplicit-fallthrough -Walloca)
set(gcc_warnings
    -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wformat-signedness -Warith-conversion
    -Wjump-misses-init -Wcast-align=strict -Wbidi-chars=any)

target_compile_options(bt_options INTERFACE ${common_warnings})
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(bt_options INTERFACE ${gcc_warnings})
endif()
if(BUGTRIAGE_WERROR)
    target_compile_options(bt_options INTERFACE -Werror)
endif()

if(MINGW)
    # The C runtime's own printf knows neither %zu nor %lld.
    target_compile_definitions(bt_options INTERFACE __USE_MINGW_ANSI_STDIO=1)
endif()

# The same sources give the same bytes wherever they are checked out.
target_compile_options(bt_options INTERFACE
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)

if(BUGTRIAGE_SANITIZE)
    target_compile_options(bt_options INTERFACE
        -fsanitize=${BUGTRIAGE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(bt_options INTERFACE -fsanitize=${BUGTRIAGE_SANITIZE})
    target_compile_definitions(bt_options INTERFACE BUGTRIAGE_SANITIZED=1)
endif()

# Coverage feedback for the fuzz targets; only they are linked with a fuzzer.
if(BUGTRIAGE_FUZZ)
    target_compile_options(bt_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(BUGTRIAGE_COVERAGE)
    target_compile_options(bt_options INTERFACE --coverage)
    target_link_options(bt_options INTERFACE --coverage)
endif()

if(BUGTRIAGE_HARDEN)
    target_compile_options(bt_options INTERFACE
        -fstack-protector-strong -fno-strict-overflow)
    target_compile_definitions(bt_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=3>)
    if(NOT WIN32)
        target_compile_options(bt_options INTERFACE -fstack-clash-protection)
        if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|i.86")
            target_compile_options(bt_options INTERFACE -fcf-protection)
        endif()
        target_link_options(bt_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
    endif()
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        target_compile_options(bt_options INTERFACE -ftrivial-auto-var-init=zero)
    else()
        target_compile_options(bt_options INTERFACE -ftrivial-auto-var-init=pattern)
    endif()
endif()
