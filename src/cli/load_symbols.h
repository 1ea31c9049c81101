// SPDX-License-Identifier: MIT
#ifndef BT_CLI_LOAD_SYMBOLS_H
#define BT_CLI_LOAD_SYMBOLS_H

#include <stdbool.h>

#include <bugtriage/symbols.h>

#include "cli/options.h"

// The places of --symbols and --images, then the local ones of the debuggers' _NT_SYMBOL_PATH.
// *ret is NULL where there are none. False after a message.
bool bt_load_symbols(const struct bt_options *options, struct bt_symbols **ret);

#endif
