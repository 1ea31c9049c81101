// SPDX-License-Identifier: MIT
//
// What every public declaration is marked with.
#ifndef BUGTRIAGE_API_H
#define BUGTRIAGE_API_H

// Exported by the library, whose other symbols are hidden.
#if defined(__GNUC__) && !defined(_WIN32)
#define BUGTRIAGE_API __attribute__((visibility("default")))
#else
#define BUGTRIAGE_API
#endif

// The caller has to look at the result.
#if defined(__GNUC__)
#define BUGTRIAGE_MUST_USE __attribute__((warn_unused_result))
#else
#define BUGTRIAGE_MUST_USE
#endif

#endif
