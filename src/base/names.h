// SPDX-License-Identifier: MIT
//
// Name tables: every enumeration that is printed or parsed has exactly one.
#ifndef BT_BASE_NAMES_H
#define BT_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bt_name {
    uint32_t value;
    const char *name;
};

// The name of a value, or NULL.
const char *bt_name_of(const struct bt_name *table, size_t count, uint32_t value);
// The value of a name (ASCII case is ignored); false where there is none.
bool bt_name_find(const struct bt_name *table, size_t count, const char *name, uint32_t *ret);

#endif
