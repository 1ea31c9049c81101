// SPDX-License-Identifier: MIT
//
// One dump of a problem in more detail, out of its record: what the section of a report about
// that problem shows.
#ifndef BT_BATCH_EXAMPLE_H
#define BT_BATCH_EXAMPLE_H

#include "base/arena.h"
#include "report/run.h"

// Copies what is worth showing into `arena`; with `redact`, without paths. A record that lacks
// it gives empty fields. Fails only when memory or the arena is full.
enum bt_status bt_example_read(const char *text, size_t size, bool redact,
                               struct bt_arena *arena, struct bt_run_example **ret,
                               struct bt_error *err) BT_MUST_USE;

#endif
