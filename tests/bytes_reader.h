// SPDX-License-Identifier: MIT
//
// A bt_reader over an array, for tests of rooms that consume readers. Counts what is read.
#ifndef BT_TESTS_BYTES_READER_H
#define BT_TESTS_BYTES_READER_H

#include <string.h>

#include "base/reader.h"
#include "base/span.h"

struct bytes_reader {
    struct bt_span bytes;
    uint64_t bytes_read;
};

static inline enum bt_status bytes_reader_read(void *self, uint64_t offset, void *buf,
                                               size_t size, struct bt_error *err)
{
    struct bytes_reader *reader = self;
    struct bt_span part;
    BT_TRY(bt_span_sub(reader->bytes, offset, size, &part, err));
    if (size != 0)
        memcpy(buf, part.data, size);
    reader->bytes_read += size;
    return BT_OK;
}

static inline struct bt_reader bytes_reader(struct bytes_reader *self)
{
    return (struct bt_reader){.read = bytes_reader_read, .self = self};
}

#endif
