// SPDX-License-Identifier: MIT
//
// Where a dump lies, for the eyes of people: "dumps.zip > MEMORY.DMP".
#ifndef BT_BATCH_PLACE_H
#define BT_BATCH_PLACE_H

#include <stdbool.h>

#include "base/arena.h"

// *path, which may be NULL, gets the name inside an archive (NULL: none) behind it; `redact`
// leaves no folders of either, nor names that they tell.
enum bt_status bt_place_text(struct bt_arena *arena, bool redact, const char *member,
                             const char **path, struct bt_error *err) BT_MUST_USE;

#endif
