// SPDX-License-Identifier: MIT
#ifndef BT_CLI_READABLE_H
#define BT_CLI_READABLE_H

#include "base/arena.h"
#include "batch/sandbox.h"
#include "cli/options.h"

// The places that readers must be able to read: what was named, and the folder of a file that
// was named, because what was collected with a dump lies beside it; everything where a list
// names more.
enum bt_status bt_readable_find(const struct bt_options *options, struct bt_arena *arena,
                                struct bt_sandbox *ret, struct bt_error *err) BT_MUST_USE;

#endif
