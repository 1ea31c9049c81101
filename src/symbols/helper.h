// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: a child process that answers requests, for code that hostile
// input may crash, hang or take over. The child keeps one file and its end of a socket; it
// cannot open anything, its time and memory are bounded, and on Linux all but a few system
// calls end it. The parent trusts nothing that comes back but its size.
#ifndef BT_SYMBOLS_HELPER_H
#define BT_SYMBOLS_HELPER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

struct bt_helper;

struct bt_helper_limits {
    unsigned cpu_seconds; // in its whole life
    uint64_t memory;      // bytes of address space
    unsigned answer_milliseconds;
    size_t answer_bytes;
};

// Forks a child that calls `serve` for each request; `serve` appends the answer. `fd` stays
// open in the child, and is closed here by the caller. BT_E_UNSUPPORTED where the system has no
// such processes.
enum bt_status
bt_helper_start(int fd, const struct bt_helper_limits *limits,
                void (*serve)(void *self, struct bt_span request, struct bt_buf *answer),
                void *self, struct bt_helper **ret, struct bt_error *err) BT_MUST_USE;
// Ends the child whatever it does. NULL is accepted.
void bt_helper_stop(struct bt_helper *helper);

// Asks and waits. A child that died, is too slow or says too much is ended, and this and every
// later call fails and says why. `answer` is cleared first.
enum bt_status bt_helper_ask(struct bt_helper *helper, struct bt_span request,
                             struct bt_buf *answer, struct bt_error *err) BT_MUST_USE;

#endif
