// SPDX-License-Identifier: MIT
//
// A virtual address space: page tables over physical memory.
#ifndef BT_MEMORY_ADDRESS_SPACE_H
#define BT_MEMORY_ADDRESS_SPACE_H

#include "memory/memory.h"
#include "memory/paging.h"
#include "memory/physical.h"

struct bt_address_space;

// The space whose outermost table is at `root` (CR3, control bits included), in the arena.
// Nothing is read yet: a wrong root shows when addresses turn out absent.
enum bt_status bt_address_space_new(struct bt_arena *arena, struct bt_physical *physical,
                                    const struct bt_paging *paging, bt_pa root,
                                    struct bt_address_space **ret,
                                    struct bt_error *err) BT_MUST_USE;

const struct bt_memory *bt_address_space_memory(const struct bt_address_space *space);

// The physical address of `va`. False where no page table entry leads to memory, also where an
// entry itself is not in the dump. The page need not be in the dump either.
bool bt_address_space_translate(struct bt_address_space *space, bt_va va, bt_pa *ret);

#endif
