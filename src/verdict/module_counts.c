// SPDX-License-Identifier: MIT
#include "verdict/module_counts.h"

void bt_module_counts_add(struct bt_module_counts *counts, const struct bt_module *module)
{
    size_t i = 0;
    while (i < counts->used && counts->items[i].module != module)
        i++;
    if (i == BT_COUNTED_MODULES)
        return;
    if (i == counts->used) {
        counts->items[i].module = module;
        counts->items[i].count = 0;
        counts->used++;
    }
    counts->items[i].count++;
}

void bt_module_counts_sort(struct bt_module_counts *counts)
{
    for (size_t i = 1; i < counts->used; i++) {
        const struct bt_module *module = counts->items[i].module;
        const size_t count = counts->items[i].count;
        size_t k = i;
        for (; k > 0 && counts->items[k - 1].count < count; k--)
            counts->items[k] = counts->items[k - 1];
        counts->items[k].module = module;
        counts->items[k].count = count;
    }
}

void bt_module_counts_write(const struct bt_module_counts *counts, struct bt_buf *out)
{
    for (size_t i = 0; i < counts->used; i++)
        bt_buf_printf(out, "%s %s %zu", i == 0 ? "" : ",", counts->items[i].module->name,
                      counts->items[i].count);
}
