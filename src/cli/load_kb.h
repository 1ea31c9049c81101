// SPDX-License-Identifier: MIT
#ifndef BT_CLI_LOAD_KB_H
#define BT_CLI_LOAD_KB_H

#include "cli/options.h"
#include "kb/kb.h"

// The built-in knowledge and the images of --kb over it. NULL after a message: BT_EXIT_KB.
struct bt_kb *bt_load_kb(const struct bt_options *options);

#endif
