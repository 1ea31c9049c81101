// SPDX-License-Identifier: MIT
//
// A 32-bit program in the dump of a 64-bit system: its threads are walked as on a 32-bit one.
// Inside the stack room only.
#ifndef BT_STACK_PROGRAM_VIEW_H
#define BT_STACK_PROGRAM_VIEW_H

#include "stack/stack.h"

struct bt_program_view {
    struct bt_memory memory; // first: `self` of its function
    const struct bt_memory *wide;
    struct bt_crash crash;
    struct bt_stack_input input;
};

// Fills the view and returns true where the registers are those of a 32-bit program and the
// crash is of a 64-bit system. Points into `input` and `crash`, and into itself: not copied.
bool bt_program_view_make(const struct bt_stack_input *input, const struct bt_crash *crash,
                          struct bt_program_view *ret);

#endif
