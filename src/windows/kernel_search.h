// SPDX-License-Identifier: MIT
//
// Finding the kernel where neither the header of a dump nor a list of modules tells where it
// is.
#ifndef BT_WINDOWS_KERNEL_SEARCH_H
#define BT_WINDOWS_KERNEL_SEARCH_H

#include "base/arena.h"
#include "memory/memory.h"

// 0 where it is not known.
struct bt_kernel_place {
    bt_va base;
    bt_va loaded_modules; // PsLoadedModuleList
    bt_va block;          // the debugger data block
};

// Looks where old 32-bit systems keep the addresses for debuggers, and below `ip`: a stop is
// raised by code of the kernel. `ip` is 0 where it is not known. Everything is 0 where nothing
// was found.
void bt_kernel_search(const struct bt_memory *memory, bt_va ip, struct bt_arena *arena,
                      struct bt_kernel_place *ret);

// PsLoadedModuleList, by its looks: a list head in what the kernel at `base` writes to, whose
// first entry points back to it and describes an image at that base. 0 where there is none.
// `arena` is for the headers of the image.
bt_va bt_kernel_find_modules(const struct bt_memory *memory, bt_va base,
                             struct bt_arena *arena);

#endif
