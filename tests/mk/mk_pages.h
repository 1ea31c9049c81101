// SPDX-License-Identifier: MIT
//
// Physical memory of a memory dump: one frame for each page of the target that something was
// put into, and one for each page table that leads there.
#ifndef BT_MK_PAGES_H
#define BT_MK_PAGES_H

#include "mk_dump.h"

enum { MK_PAGE = 0x1000 };

struct mk_frame {
    uint64_t page;    // physical page number
    uint64_t address; // of a page of the target
    uint8_t *table;   // a page table's bytes; NULL: a page of the target
    bool is_missing;  // the tables lead here, but the dump does not have it
};

struct mk_frames {
    struct mk_frame *items; // by physical page
    size_t count;
};

// Frames for every piece that has an address and no place in the file, and the page tables.
// [memory] says which pages are taken, [map NAME] how some of them are mapped.
enum bt_status mk_make_frames(struct mk_dump *dump, struct mk_frames *ret,
                              struct bt_error *err) BT_MUST_USE;

#endif
