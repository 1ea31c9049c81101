// SPDX-License-Identifier: MIT
//
// An address space made of pieces: the stack, data blocks and copies of a triage dump, or the
// memory list of a user minidump. Pieces may overlap, touch and come in any order; a read is
// stitched over as many of them as it needs.
#ifndef BT_MEMORY_REGIONS_H
#define BT_MEMORY_REGIONS_H

#include "memory/memory.h"

struct bt_regions;

// An empty space over `reader`, in the arena.
enum bt_status bt_regions_new(struct bt_arena *arena, struct bt_reader reader, bool is64,
                              struct bt_regions **ret, struct bt_error *err) BT_MUST_USE;
// [va, va + size) is at `offset` of the reader. A size of 0 is ignored, a range that wraps is
// BT_E_CORRUPT, more than BT_LIMIT_REGIONS is BT_E_LIMIT. The caller has checked the offset
// against the file where it wants a note about it: reads check again.
enum bt_status bt_regions_add(struct bt_regions *regions, bt_va va, uint64_t size,
                              uint64_t offset, struct bt_error *err) BT_MUST_USE;
// Sorts; must be called once after the last add and before the first read.
void bt_regions_seal(struct bt_regions *regions);

const struct bt_memory *bt_regions_memory(const struct bt_regions *regions);
size_t bt_regions_count(const struct bt_regions *regions);

#endif
