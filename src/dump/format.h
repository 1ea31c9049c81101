// SPDX-License-Identifier: MIT
//
// One row per file format. `probe` looks at the first bytes only; the first reader that claims
// the file reads it.
#ifndef BT_DUMP_FORMAT_H
#define BT_DUMP_FORMAT_H

#include "dump/dump.h"

// Bytes that every reader gets from the start of the file: the longest kernel dump header and
// the table of contents behind it, so that probing and the first step cost one read.
enum { BT_DUMP_HEAD_SIZE = 0x3000 };

struct bt_dump_format {
    const char *name;
    // `head` holds the first BT_DUMP_HEAD_SIZE bytes, or fewer where the file is shorter.
    bool (*probe)(struct bt_span head);
    enum bt_status (*read)(struct bt_source *source, struct bt_span head,
                           struct bt_arena *arena, struct bt_dump *dump, struct bt_error *err);
};

extern const struct bt_dump_format bt_dump_format_kernel;
extern const struct bt_dump_format bt_dump_format_minidump;

// Says what an input is that no reader claims: `crash` gets a problem with a message that tells
// what to do. `head` may be empty.
enum bt_status bt_dump_describe_foreign(struct bt_source *source, struct bt_span head,
                                        struct bt_arena *arena, struct bt_crash *crash,
                                        struct bt_error *err) BT_MUST_USE;

#endif
