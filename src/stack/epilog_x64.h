// SPDX-License-Identifier: MIT
//
// Epilogs of x64 functions. They are not described by unwind tables of version 1: an address is
// in one when the instructions from there on have the only form that an epilog may have.
#ifndef BT_STACK_EPILOG_X64_H
#define BT_STACK_EPILOG_X64_H

#include "image/function_table.h"

enum { BT_EPILOG_POPS = 8 };

// What the rest of an epilog does to the registers before it returns.
struct bt_epilog {
    int frame_register; // rsp is counted from it; -1: from rsp itself
    int64_t offset;     // added to it
    unsigned pop_count;
    uint8_t pops[BT_EPILOG_POPS]; // registers by number, in order
};

// Whether an epilog of `function` goes on at `rva`. False also where the code is not in the
// dump.
bool bt_epilog_find(const struct bt_image *image, const struct bt_function *function,
                    uint64_t rva, struct bt_epilog *ret);

#endif
