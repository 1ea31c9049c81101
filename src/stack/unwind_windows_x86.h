// SPDX-License-Identifier: MIT
#ifndef BT_STACK_UNWIND_WINDOWS_X86_H
#define BT_STACK_UNWIND_WINDOWS_X86_H

#include "stack/unwind.h"
#include "symbols/windows_frame.h"

// One step up by what compilers tell of frames of 32-bit Windows (see unwind.h).
// `callee_parameters` are the bytes that this function pushed for the one it called.
enum bt_status bt_unwind_windows_x86(const struct bt_crash *crash,
                                     const struct bt_memory *memory,
                                     const struct bt_windows_frame *layout,
                                     uint32_t callee_parameters, struct bt_unwind_frame *frame,
                                     struct bt_error *err) BT_MUST_USE;

#endif
