// SPDX-License-Identifier: MIT
//
// From one kernel stack to another. Deferred procedure calls, interrupts and double faults have
// stacks of their own; behind their first frame goes on the stack of the thread that was
// interrupted. Inside the stack room only.
#ifndef BT_STACK_STACK_SWITCH_H
#define BT_STACK_STACK_SWITCH_H

#include "crash/crash.h"
#include "memory/memory.h"

// Whether a caller's stack pointer lies on another stack than that of the function it called:
// by the limits of the thread's stack where they are known, else by how far apart they are.
// Only kernels have such stacks.
bool bt_stack_is_other(const struct bt_crash *crash, bt_va callee_sp, bt_va caller_sp);

// Whether a stack pointer lies in the guard page below the thread's stack.
bool bt_stack_is_used_up(const struct bt_crash *crash, bt_va sp);

// Where the thread's stack goes on, told by the pointer into it that lies highest on the stack
// of `sp`: who switches stacks leaves it there. False where `sp` is on the thread's stack
// itself, or nothing is found.
bool bt_stack_find_link(const struct bt_crash *crash, const struct bt_memory *memory, bt_va sp,
                        bt_va *ret);

#endif
