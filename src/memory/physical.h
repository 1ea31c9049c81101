// SPDX-License-Identifier: MIT
//
// Physical memory as a dump file holds it: a reader for the file, and a map that knows where in
// it a page stands. Maps: page_runs.h (runs of pages) and page_bitmap.h (one bit per page).
#ifndef BT_MEMORY_PHYSICAL_H
#define BT_MEMORY_PHYSICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/arena.h"
#include "base/reader.h"

// Pages of a dump file have this size, on every architecture that is read here.
enum { BT_PAGE_SHIFT = 12, BT_PAGE_SIZE = 1 << BT_PAGE_SHIFT };

// No processor that Windows runs on has more than 52 address bits: page numbers are below.
#define BT_PAGE_LIMIT (UINT64_C(1) << (52 - BT_PAGE_SHIFT))

// Where pages stand in a file. `self` may hold a cache.
struct bt_page_map {
    // The file offset of a page, or false where the dump does not have it. The offset may lie
    // beyond the end of a file that was cut.
    bool (*find)(struct bt_page_map *self, uint64_t page, uint64_t *ret_offset);
};

struct bt_physical;

// The memory that `map` finds in `reader`, both borrowed, in the arena. `end` is the size of
// the file: what lies beyond it is not there.
enum bt_status bt_physical_new(struct bt_arena *arena, struct bt_reader reader, uint64_t end,
                               struct bt_page_map *map, struct bt_physical **ret,
                               struct bt_error *err) BT_MUST_USE;

// Whether the dump has the page at `pa`, whole or in part.
bool bt_physical_has(struct bt_physical *physical, bt_pa pa);

// Reads as many bytes as are present from `pa` on without a gap, at most `size`; returns the
// count. Goes through a cache of pages that belongs to `physical`.
size_t bt_physical_read_some(struct bt_physical *physical, bt_pa pa, void *buf, size_t size);

#endif
