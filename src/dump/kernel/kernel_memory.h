// SPDX-License-Identifier: MIT
//
// From the pages that a body holds to the memory of the crashed machine.
#ifndef BT_DUMP_KERNEL_MEMORY_H
#define BT_DUMP_KERNEL_MEMORY_H

#include "dump/kernel/kernel_body.h"
#include "memory/physical.h"

// Whether the page tables of the processor are known; says that they are not.
bool bt_kernel_memory_is_supported(const struct bt_kernel_header *header);
void bt_kernel_memory_unsupported(const struct bt_kernel_reading *r);

// Pages that a body promised, and how many of them the file does not hold.
struct bt_kernel_pages {
    uint64_t promised, missing;
};

// Sets r->dump->memory: `map` says where pages are in the file, the header where the page
// tables begin. Where several paging modes are possible (PAE is not always told, five levels
// never) the one that leads to the list of modules is taken. Says in notes what is missing.
enum bt_status bt_kernel_memory_open(const struct bt_kernel_reading *r, struct bt_page_map *map,
                                     struct bt_kernel_pages pages,
                                     struct bt_error *err) BT_MUST_USE;

#endif
