// SPDX-License-Identifier: MIT
//
// Unwind codes of ARM64 functions. Both forms of unwind data (packed words in the function
// table, and full records) become one list of codes, in the order in which they undo a prolog.
#ifndef BT_STACK_UNWIND_ARM64_CODES_H
#define BT_STACK_UNWIND_ARM64_CODES_H

#include "base/limits.h"
#include "image/pe.h"

// Codes of one byte, or the first byte of longer ones. Below 0xc0 and from there to 0xdf the
// upper bits select the operation and the lower ones are its operands.
enum bt_unwind_code {
    BT_UNWIND_ALLOC_LARGE = 0xe0,
    BT_UNWIND_SET_FP = 0xe1,
    BT_UNWIND_ADD_FP = 0xe2,
    BT_UNWIND_NOP = 0xe3,
    BT_UNWIND_END = 0xe4,
    BT_UNWIND_END_CHAINED = 0xe5,
    BT_UNWIND_SAVE_NEXT = 0xe6,
    BT_UNWIND_SAVE_ANY = 0xe7,
    BT_UNWIND_TRAP_FRAME = 0xe8,
    BT_UNWIND_MACHINE_FRAME = 0xe9,
    BT_UNWIND_CONTEXT = 0xea,
    BT_UNWIND_SIGN_LR = 0xfc,
};

struct bt_unwind_codes {
    uint8_t bytes[BT_LIMIT_UNWIND_CODES];
    size_t size;
};

// Bytes of the code that starts with `first`.
size_t bt_unwind_code_size(uint8_t first);

// The codes that undo what the function at `rva` has done when the processor is there: without
// those of instructions that have not run yet (in a prolog) or are undone already (in an
// epilog). Empty for a function that keeps nothing. `exact`: see struct bt_unwind_frame.
enum bt_status bt_unwind_arm64_codes(const struct bt_image *image, uint64_t rva, bool exact,
                                     struct bt_unwind_codes *ret,
                                     struct bt_error *err) BT_MUST_USE;

#endif
