// SPDX-License-Identifier: MIT
//
// Names for the addresses of a crash, out of symbol files.
#ifndef BT_STACK_SYMBOLIZE_H
#define BT_STACK_SYMBOLIZE_H

#include "stack/stack_images.h"

// Gives each frame its function, file and line, and puts the calls that were inlined into a
// frame before it: `frames` has room for BT_LIMIT_FRAMES, and what is more is left out.
// `exact[i]` says that frame i stands at its instruction; any other stands at a return address,
// and its call is before that.
enum bt_status bt_symbolize_frames(struct bt_stack_images *images, const bool *exact,
                                   struct bt_frame *frames, size_t *count,
                                   struct bt_error *err) BT_MUST_USE;

// "function" or "function+0x2c" for an address of a module of the crash. BT_ABSENT where no
// symbol file knows.
enum bt_status bt_symbolize_address(const struct bt_crash *crash,
                                    const struct bt_memory *memory, struct bt_symbols *symbols,
                                    bt_va address, struct bt_arena *arena, const char **ret,
                                    struct bt_error *err) BT_MUST_USE;

#endif
