// SPDX-License-Identifier: MIT
//
// Compiler attributes, spelled once. C17 has no [[nodiscard]] in clang 14.
#ifndef BT_BASE_ATTRIBUTES_H
#define BT_BASE_ATTRIBUTES_H

#if defined(__GNUC__) || defined(__clang__)
#define BT_MUST_USE __attribute__((warn_unused_result))
#if defined(__MINGW32__)
#include <stdio.h> // __MINGW_PRINTF_FORMAT
#define BT_PRINTF(format_at, args_at)                                                          \
    __attribute__((format(__MINGW_PRINTF_FORMAT, format_at, args_at)))
#else
#define BT_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#endif
#else
#define BT_MUST_USE
#define BT_PRINTF(format_at, args_at)
#endif

#define BT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
