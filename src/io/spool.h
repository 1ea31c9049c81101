// SPDX-License-Identifier: MIT
//
// Inside of the io room: a feed made into a source. The feed is read no further than asked;
// what was read stays readable, first in memory, the rest in a temporary file without a name.
#ifndef BT_IO_SPOOL_H
#define BT_IO_SPOOL_H

#include "io/feed.h"
#include "io/source_impl.h"

struct bt_spool_limits {
    uint64_t memory; // bytes kept in memory
    uint64_t total;  // the spool ends here: what the feed holds beyond is not read
};

// Owns `feed`, also where it fails. `container` is a literal or NULL, `file_size` the size of
// the packed file or 0.
enum bt_status bt_spool_open(struct bt_feed *feed, struct bt_spool_limits limits,
                             const char *container, uint64_t file_size, struct bt_source **ret,
                             struct bt_error *err) BT_MUST_USE;

#endif
