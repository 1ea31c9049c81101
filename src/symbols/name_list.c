// SPDX-License-Identifier: MIT
#include "symbols/name_list.h"

#include <stdlib.h>

void bt_name_list_init(struct bt_name_list *list)
{
    bt_buf_init(&list->items, BT_LIMIT_SYMBOL_RECORDS * sizeof(struct bt_named_address));
}

void bt_name_list_fini(struct bt_name_list *list)
{
    bt_buf_fini(&list->items);
}

void bt_name_list_add(struct bt_name_list *list, struct bt_named_address name)
{
    bt_buf_add(&list->items, &name, sizeof name);
}

static int compare_names(const void *a, const void *b)
{
    const struct bt_named_address *x = a, *y = b;
    if (x->rva != y->rva)
        return x->rva < y->rva ? -1 : 1;
    // The best name of an address stands last, where the search finds it first.
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    return (x->name < y->name) - (x->name > y->name);
}

static const struct bt_named_address *items_of(const struct bt_name_list *list)
{
    return (const struct bt_named_address *)(const void *)list->items.data;
}

// Most files have them in order.
static bool is_sorted(const struct bt_named_address *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (compare_names(&items[i - 1], &items[i]) > 0)
            return false;
    }
    return true;
}

void bt_name_list_sort(struct bt_name_list *list)
{
    size_t count = list->items.size / sizeof(struct bt_named_address);
    if (!is_sorted(items_of(list), count))
        qsort(list->items.data, count, sizeof(struct bt_named_address), compare_names);
}

// How many items begin at or before `rva`.
static size_t count_up_to(const struct bt_name_list *list, uint64_t rva)
{
    const struct bt_named_address *items = items_of(list);
    size_t low = 0, high = list->items.size / sizeof *items;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (items[middle].rva <= rva)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct bt_named_address *bt_name_list_find_inside(const struct bt_name_list *list,
                                                        uint64_t rva)
{
    const size_t count = count_up_to(list, rva);
    for (size_t i = 0; i < count && i < BT_NAME_LIST_NESTED; i++) {
        const struct bt_named_address *item = &items_of(list)[count - 1 - i];
        if (rva - item->rva < item->size)
            return item;
    }
    return NULL;
}

const struct bt_named_address *bt_name_list_find(const struct bt_name_list *list, uint64_t rva,
                                                 uint32_t section)
{
    const size_t count = count_up_to(list, rva);
    if (count == 0)
        return NULL;
    const struct bt_named_address *found = &items_of(list)[count - 1];
    if (found->section != section || (found->size != 0 && rva - found->rva >= found->size))
        return NULL;
    return found;
}
