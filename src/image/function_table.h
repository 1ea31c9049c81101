// SPDX-License-Identifier: MIT
//
// The exception directory (.pdata): which function an address lies in, and where its unwind
// information is. The table is searched where it stands: it may have 50,000 entries, of which
// one stack needs a few dozen.
#ifndef BT_IMAGE_FUNCTION_TABLE_H
#define BT_IMAGE_FUNCTION_TABLE_H

#include "image/pe.h"

struct bt_function {
    bool found;          // false: no entry covers the address, it is in a leaf function
    uint32_t begin, end; // RVAs; `end` is 0 on ARM64, whose entries hold no end
    uint32_t unwind;     // x64: RVA of UNWIND_INFO; ARM64: the second word of the entry
};

// The entry of an x64 image that covers `rva`; an entry that stands for another one is followed
// once. BT_OK also where none does; BT_ABSENT where the table is not in the dump, or the image
// has none.
enum bt_status bt_function_find_x64(const struct bt_image *image, uint64_t rva,
                                    struct bt_function *ret, struct bt_error *err) BT_MUST_USE;

// The last entry of an ARM64 image at or before `rva`: the length of the function is in its
// unwind information, so that the caller says whether it is covered.
enum bt_status bt_function_find_arm64(const struct bt_image *image, uint64_t rva,
                                      struct bt_function *ret,
                                      struct bt_error *err) BT_MUST_USE;

#endif
