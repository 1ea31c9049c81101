// SPDX-License-Identifier: MIT
//
// One row per file format. `probe` looks at the first bytes only; the first reader that claims
// the file reads it.
#ifndef BT_DUMP_FORMAT_H
#define BT_DUMP_FORMAT_H

#include "dump/dump.h"

struct bt_dump_format {
    const char *name;
    // `head` holds the first 8 KiB, or less where the file is shorter.
    bool (*probe)(struct bt_span head);
    enum bt_status (*read)(struct bt_source *source, struct bt_span head,
                           struct bt_arena *arena, struct bt_dump *dump, struct bt_error *err);
};

extern const struct bt_dump_format bt_dump_format_kernel;
extern const struct bt_dump_format bt_dump_format_minidump;

#endif
