// SPDX-License-Identifier: MIT
//
// How every fallible function of bugtriage reports what happened.
#ifndef BUGTRIAGE_ERROR_H
#define BUGTRIAGE_ERROR_H

#include <stdint.h>

#include <bugtriage/api.h>

#ifdef __cplusplus
extern "C" {
#endif

enum bt_status {
    BT_OK = 0,
    // Well-formed, but the thing asked for is not there. Normal: never printed as an error.
    BT_ABSENT,
    BT_E_IO,          // the system refused: see bt_error.os_errno
    BT_E_TRUNCATED,   // the input ends before the thing does
    BT_E_CORRUPT,     // the input contradicts itself
    BT_E_UNSUPPORTED, // understood, but not something this build reads
    BT_E_LIMIT,       // a named limit was reached (base/limits.h)
    BT_E_SYNTAX,      // text written by a person is wrong
    BT_E_NOMEM,
    BT_E_INTERNAL, // a bug in bugtriage
};

enum { BT_ERROR_MESSAGE_SIZE = 240 };

// An offset that means "no particular place in the input".
#define BT_NO_OFFSET UINT64_MAX

// Owned by the caller, never allocated. A function that fails fills it; one that succeeds
// leaves it alone. Every function that takes a `struct bt_error *` accepts NULL.
struct bt_error {
    enum bt_status status;
    int os_errno;    // 0 where no system call was involved
    uint64_t offset; // byte offset in the input, or BT_NO_OFFSET
    // One line of UTF-8 without a trailing full stop, without the path and without "error:".
    // Callers prepend where they were: "driver list: entry 17: name lies outside the file".
    char message[BT_ERROR_MESSAGE_SIZE];
};

// A short lower-case word for a status ("truncated"). Never NULL.
BUGTRIAGE_API const char *bt_status_name(enum bt_status status);

#ifdef __cplusplus
}
#endif
#endif
