// SPDX-License-Identifier: MIT
//
// Finding the debugger data block of a memory dump: where the header says, or in the kernel's
// data; as text that can be read, or scrambled.
#ifndef BT_WINDOWS_DEBUGGER_BLOCK_H
#define BT_WINDOWS_DEBUGGER_BLOCK_H

#include "base/arena.h"
#include "base/span.h"
#include "memory/memory.h"
#include "windows/debugger_scramble.h"

struct bt_debugger_block {
    struct bt_span raw; // unscrambled, in the arena
    bt_va address;
    bool scrambled; // that is how it was found
};

// BT_ABSENT where there is none (NT 4 never had one) or it is not in the dump.
enum bt_status bt_debugger_block_find(const struct bt_memory *memory,
                                      const struct bt_debugger_hints *hints,
                                      struct bt_arena *arena, struct bt_debugger_block *ret,
                                      struct bt_error *err) BT_MUST_USE;

#endif
