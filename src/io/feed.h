// SPDX-License-Identifier: MIT
//
// Inside of the io room: bytes that come one after the other, and can be stacked: a file or a
// descriptor at the bottom, unpacking above it.
#ifndef BT_IO_FEED_H
#define BT_IO_FEED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/file.h"
#include "io/source.h"

struct bt_feed {
    // The next bytes, at most `size`; 0 at the end. A failure ends the feed, after everything
    // before it was delivered.
    enum bt_status (*read)(struct bt_feed *self, void *buf, size_t size, size_t *ret,
                           struct bt_error *err);
    void (*close)(struct bt_feed *self);
};

// The bytes of a file, which the feed then owns, or of a descriptor, which stays the caller's.
enum bt_status bt_feed_file(struct bt_file *file, struct bt_feed **ret,
                            struct bt_error *err) BT_MUST_USE;
// The bytes of a source, borrowed.
enum bt_status bt_feed_source(struct bt_source *source, struct bt_feed **ret,
                              struct bt_error *err) BT_MUST_USE;
enum bt_status bt_feed_stream(int fd, struct bt_feed **ret, struct bt_error *err) BT_MUST_USE;
// What gzip data holds. Owns `packed`, also where it fails.
enum bt_status bt_feed_gzip(struct bt_feed *packed, struct bt_feed **ret,
                            struct bt_error *err) BT_MUST_USE;
void bt_feed_close(struct bt_feed *feed); // NULL is accepted

enum { BT_GZIP_MAGIC_SIZE = 3 };
// Whether `head`, the first BT_GZIP_MAGIC_SIZE bytes, begins a gzip member that zlib can read.
bool bt_is_gzip(const unsigned char *head, size_t size);

// The first bytes of a feed made by bt_feed_file or bt_feed_stream without consuming them: at
// most BT_GZIP_MAGIC_SIZE, fewer where the feed is shorter. Before the first read only.
enum bt_status bt_feed_peek(struct bt_feed *feed, unsigned char ret[BT_GZIP_MAGIC_SIZE],
                            size_t *ret_size, struct bt_error *err) BT_MUST_USE;

#endif
