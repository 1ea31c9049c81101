// SPDX-License-Identifier: MIT
//
// What differs from build to build: where fields lie in the kernel's process, thread and
// processor records.
#ifndef BT_MK_ERA_H
#define BT_MK_ERA_H

#include <stdint.h>

#include "mk_field.h"
#include "mk_machine.h"

enum { MK_ERA_FIELDS = 12 };

// The records of one build. Copies of a mk_era are independent.
struct mk_era {
    struct mk_field process[MK_ERA_FIELDS], thread[MK_ERA_FIELDS], prcb[MK_ERA_FIELDS];
    size_t process_count, thread_count, prcb_count;
    uint32_t process_size, thread_size, prcb_size;
    uint32_t kdbg_size; // 0: no debugger data block
};

// The newest known row at or before a build and service pack; the oldest row for older builds.
void mk_era_find(enum mk_machine_id machine, uint64_t build, uint64_t service_pack,
                 struct mk_era *ret);

#endif
