// SPDX-License-Identifier: MIT
//
// Inside of the io room: what every kind of source implements. Each kind embeds this struct as
// its first member.
#ifndef BT_IO_SOURCE_IMPL_H
#define BT_IO_SOURCE_IMPL_H

#include "io/source.h"

struct bt_source_ops {
    // How many bytes of [offset, offset + length) there are; 0 past the end. Fails where not
    // even that can be told.
    enum bt_status (*available)(struct bt_source *self, uint64_t offset, uint64_t length,
                                uint64_t *ret, struct bt_error *err);
    // All of buf[0..size). Called only for bytes that `available` has promised.
    enum bt_status (*read)(struct bt_source *self, uint64_t offset, void *buf, size_t size,
                           struct bt_error *err);
    const char *(*damage)(const struct bt_source *self); // may be NULL
    void (*close)(struct bt_source *self);
};

struct bt_source {
    const struct bt_source_ops *ops;
    const char *container;
    uint64_t file_size;
    bool direct;
    struct bt_watch *watch; // NULL: nobody
};

#endif
