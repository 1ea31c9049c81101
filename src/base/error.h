// SPDX-License-Identifier: MIT
//
// Filling in `struct bt_error`, and the invariant check that is safe in a release.
#ifndef BT_BASE_ERROR_H
#define BT_BASE_ERROR_H

#include <bugtriage/error.h>

#include "base/attributes.h"

// Fills *err (if not NULL). The message is cut, never overflowed, and made safe to print:
// control characters become '?'.
void bt_error_set(struct bt_error *err, enum bt_status status, uint64_t offset,
                  const char *format, ...) BT_PRINTF(4, 5);

// As bt_error_set, for a failed system call: appends the text of `os_errno`.
void bt_error_set_os(struct bt_error *err, int os_errno, const char *format, ...)
    BT_PRINTF(3, 4);

// Puts "context: " in front of the message that is already there.
void bt_error_prepend(struct bt_error *err, const char *format, ...) BT_PRINTF(2, 3);

// The common way to fail: `return BT_FAIL(err, BT_E_CORRUPT, offset, "...", ...);`
// A macro, because analyzers lose the constant when a variadic function returns it.
#define BT_FAIL(err, status, offset, ...)                                                      \
    (bt_error_set((err), (status), (offset), __VA_ARGS__), (status))
#define BT_FAIL_OS(err, os_errno, ...)                                                         \
    (bt_error_set_os((err), (os_errno), __VA_ARGS__), BT_E_IO)

// Hands a failure up. BT_ABSENT is handed up too.
#define BT_TRY(expression)                                                                     \
    do {                                                                                       \
        enum bt_status bt_try_ = (expression);                                                 \
        if (bt_try_ != BT_OK)                                                                  \
            return bt_try_;                                                                    \
    } while (0)

// For invariants of our own code, never for input: aborts in debug builds, returns
// BT_E_INTERNAL in a release.
#ifdef NDEBUG
#define BT_CHECK(expression, err)                                                              \
    do {                                                                                       \
        if (!(expression))                                                                     \
            return BT_FAIL((err), BT_E_INTERNAL, BT_NO_OFFSET, "internal check failed: %s",    \
                           #expression);                                                       \
    } while (0)
#else
#include <assert.h>
#define BT_CHECK(expression, err) assert(expression)
#endif

#endif
