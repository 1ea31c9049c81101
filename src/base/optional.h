// SPDX-License-Identifier: MIT
//
// Numbers that a dump may not hold. Absent is a fact of its own: it is never 0 and never a
// guess, and rules treat it as "unknown".
#ifndef BT_BASE_OPTIONAL_H
#define BT_BASE_OPTIONAL_H

#include <stdbool.h>
#include <stdint.h>

struct bt_opt32 {
    uint32_t value; // 0 where not known
    bool known;
};

struct bt_opt64 {
    uint64_t value; // 0 where not known
    bool known;
};

static inline struct bt_opt32 bt_some32(uint32_t value)
{
    return (struct bt_opt32){.value = value, .known = true};
}

static inline struct bt_opt64 bt_some64(uint64_t value)
{
    return (struct bt_opt64){.value = value, .known = true};
}

#endif
