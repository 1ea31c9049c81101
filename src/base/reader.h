// SPDX-License-Identifier: MIT
//
// Positional bytes behind an interface: io implements it for files, memory and dump consume it
// without knowing about files, tests hand in arrays.
#ifndef BT_BASE_READER_H
#define BT_BASE_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct bt_reader {
    // Fills buf[0..size) from `offset`, or fails: BT_E_TRUNCATED where the bytes do not exist,
    // BT_E_IO where the system refused. Nothing is written to *buf on failure that a caller
    // may use.
    enum bt_status (*read)(void *self, uint64_t offset, void *buf, size_t size,
                           struct bt_error *err);
    void *self; // borrowed
};

static inline enum bt_status bt_reader_read(struct bt_reader reader, uint64_t offset, void *buf,
                                            size_t size, struct bt_error *err)
{
    return reader.read(reader.self, offset, buf, size, err);
}

#endif
