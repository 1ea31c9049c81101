// SPDX-License-Identifier: MIT
//
// Callers that a chain of frame pointers leaves out: of a function that has no frame (yet), ebp
// is still its caller's, and of an address that is no code at all, too.
#ifndef BT_STACK_LEAF_X86_H
#define BT_STACK_LEAF_X86_H

#include "stack/stack_images.h"
#include "stack/unwind.h"

// The caller of an innermost frame in no module: a call of a wild or empty pointer has just
// left its return address at the stack pointer. x86 and x64. BT_ABSENT where it does not look
// so.
enum bt_status bt_unwind_wild_call(const struct bt_crash *crash, const struct bt_memory *memory,
                                   struct bt_unwind_frame *frame,
                                   struct bt_error *err) BT_MUST_USE;

// On x64, where the context is that of the first instruction of the function that stops the
// system, as Windows saves it: the return address is at the stack pointer, though nothing of
// the function's image may be in the dump. BT_ABSENT elsewhere.
enum bt_status bt_unwind_stop_call(const struct bt_crash *crash, const struct bt_memory *memory,
                                   struct bt_unwind_frame *frame,
                                   struct bt_error *err) BT_MUST_USE;

// The caller of an innermost x86 function without a frame: a return address below the caller's
// frame, behind a direct call that leads to just before the instruction, to code that does not
// begin by making a frame. The code is read in the dump or the image's file. BT_ABSENT where
// there is none.
enum bt_status bt_unwind_leaf_x86(const struct bt_crash *crash, const struct bt_memory *memory,
                                  struct bt_stack_images *images, struct bt_unwind_frame *frame,
                                  struct bt_error *err) BT_MUST_USE;

#endif
