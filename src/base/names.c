// SPDX-License-Identifier: MIT
#include "base/names.h"

#include "base/text.h"

const char *bt_name_of(const struct bt_name *table, size_t count, uint32_t value)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].value == value)
            return table[i].name;
    }
    return NULL;
}

bool bt_name_find(const struct bt_name *table, size_t count, const char *name, uint32_t *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (bt_ieq(table[i].name, name)) {
            *ret = table[i].value;
            return true;
        }
    }
    return false;
}
