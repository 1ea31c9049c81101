// SPDX-License-Identifier: MIT
//
// Looking through a stack for values that look like return addresses: the means that is left
// where nothing tells how a function is left. It finds true callers, and calls that returned
// long ago.
#ifndef BT_STACK_STACK_SCAN_H
#define BT_STACK_STACK_SCAN_H

#include "stack/unwind.h"

struct bt_stack_scan {
    const struct bt_crash *crash;
    const struct bt_memory *memory;
    bt_va end; // one past the last address to look at; 0 before the first step: `limit` counts
    bt_va limit; // one past the last address of the stack; 0 unknown
    bt_va low, high; // inside, once a step was made: all modules lie in [low, high)
};

// The next frame: only its address and its place are known then, and the frame pointer where it
// may still be that of the caller. False where there is none.
bool bt_stack_scan_step(struct bt_stack_scan *scan, struct bt_unwind_frame *frame,
                        bt_va *ret_found_at);

#endif
