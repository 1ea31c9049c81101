// SPDX-License-Identifier: MIT
//
// One step up a stack: from the registers of a frame to those of its caller. The steps read the
// code and tables of the image that the frame is in, and the stack; where one of them is not in
// the dump the answer is BT_ABSENT and the caller falls back to something weaker.
#ifndef BT_STACK_UNWIND_H
#define BT_STACK_UNWIND_H

#include "cpu/registers.h"
#include "crash/crash.h"
#include "image/pe.h"
#include "memory/memory.h"

struct bt_unwind_frame {
    struct bt_registers registers; // what is not known of them is not in `valid`
    // The instruction pointer is where the processor was (a saved context, an interrupt).
    // Otherwise it is a return address, and the call stands before it, perhaps as the last
    // instruction of its function.
    bool exact;
};

// By the unwind tables of an x64 image: versions 1 and 2, chained and indirect entries,
// epilogs, machine frames. On success `frame` is that of the caller.
//
// Source: the vendor's published description of x64 exception handling.
enum bt_status bt_unwind_x64(const struct bt_memory *memory, const struct bt_image *image,
                             struct bt_unwind_frame *frame, struct bt_error *err) BT_MUST_USE;

// By the unwind tables of an ARM64 image: packed and full records. A function that keeps
// nothing on the stack returns through the link register, which only the innermost frame knows.
//
// Source: the vendor's published description of ARM64 exception handling.
enum bt_status bt_unwind_arm64(const struct bt_memory *memory, const struct bt_image *image,
                               struct bt_unwind_frame *frame, struct bt_error *err) BT_MUST_USE;

// By the chain of frame pointers: ebp on x86, x29 on ARM64, rbp on x64 where code keeps it. An
// x86 frame that an interrupt made (KTRAP_FRAME) gives the registers that were interrupted.
// BT_ABSENT at the end of the chain, or where it does not go on upwards.
enum bt_status bt_unwind_frame_pointer(const struct bt_memory *memory,
                                       struct bt_unwind_frame *frame,
                                       struct bt_error *err) BT_MUST_USE;

// Whether code of this architecture and system keeps frame pointers that a chain of frames can
// be followed by.
bool bt_keeps_frame_pointers(const struct bt_crash *crash);

// Whether a chain of frame pointers has come to its end: one that leads to an empty pair of
// frame pointer and return address, or where code always keeps frame pointers, an empty one.
bool bt_unwind_chain_ends(const struct bt_memory *memory, const struct bt_crash *crash,
                          const struct bt_registers *r);

// By the link register of ARM64 and nothing else: right for a function that keeps nothing on
// the stack. BT_ABSENT where the register is not known.
enum bt_status bt_unwind_link_register(struct bt_unwind_frame *frame,
                                       struct bt_error *err) BT_MUST_USE;

// The RVA at which the function that holds `rva` starts, in an image with unwind tables: parts
// that were moved away from their function lead back to it. BT_ABSENT where no table tells.
enum bt_status bt_unwind_function_start(const struct bt_image *image, uint64_t rva,
                                        uint32_t *ret, struct bt_error *err) BT_MUST_USE;

#endif
