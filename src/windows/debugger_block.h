// SPDX-License-Identifier: MIT
//
// Finding the debugger data block of a memory dump: where the header says, or in the kernel's
// data; as text that can be read, or scrambled.
#ifndef BT_WINDOWS_DEBUGGER_BLOCK_H
#define BT_WINDOWS_DEBUGGER_BLOCK_H

#include "base/arena.h"
#include "memory/memory.h"

// What is known before the block is found; 0 where it is not.
struct bt_debugger_hints {
    bt_va block;          // where the header says it is
    bt_va kernel_base;    // of the kernel's image
    bt_va loaded_modules; // PsLoadedModuleList
};

// The bytes of the block, unscrambled, in the arena. BT_ABSENT where there is none (NT 4 never
// had one) or it is not in the dump.
enum bt_status bt_debugger_block_find(const struct bt_memory *memory,
                                      const struct bt_debugger_hints *hints,
                                      struct bt_arena *arena, struct bt_span *ret,
                                      struct bt_error *err) BT_MUST_USE;

// Unscrambles raw[0..size) in place; false where it is no scrambled block. `size` is a multiple
// of 8.
//
// 64-bit Windows since version 8 keeps the block scrambled while no debugger is attached, and a
// dump of physical memory holds it so. Each 64-bit word w of it stands there as q:
//     w = byteswap(rotate_left(q ^ never, never mod 64) ^ address) ^ always
// with three values that only symbols would tell. But the difference of two words depends on
// the amount of the rotation alone: one word that is known gives all the others, and a second
// one tells which of the 64 amounts it was.
bool bt_debugger_block_unscramble(uint8_t *raw, size_t size,
                                  const struct bt_debugger_hints *hints);

#endif
