// SPDX-License-Identifier: MIT
#include "symbols/dwarf.h"

#include <stdlib.h>

enum {
    // Types nest in types and blocks in blocks; real code stays below 30.
    DEPTH = 128,
    // How far before an address to look for a range that overlaps others.
    OVERLAPS = 32,
};

// Calls that are given no place for an error end the process unless there is a handler. Their
// results tell enough.
static void ignore_error(Dwarf_Error error, Dwarf_Ptr argument)
{
    (void)error;
    (void)argument;
}

static int open_file(int fd, struct bt_arena *arena, Dwarf_Debug *ret, Dwarf_Error *why)
{
    if (bt_dwarf_map(fd, arena, ignore_error, ret))
        return DW_DLV_OK;
    *ret = NULL;
#ifdef BUGTRIAGE_LIBDWARF_ACCESS_ARGUMENT
    return dwarf_init_b(fd, DW_DLC_READ, DW_GROUPNUMBER_ANY, ignore_error, NULL, ret, why);
#else
    return dwarf_init_b(fd, DW_GROUPNUMBER_ANY, ignore_error, NULL, ret, why);
#endif
}

enum bt_status bt_dwarf_open(int fd, struct bt_arena *arena, struct bt_dwarf *ret,
                             struct bt_error *err)
{
    Dwarf_Error why = NULL;
    *ret = (struct bt_dwarf){.arena = arena};
    // The library would note each of its objects in a tree, to free at its end what nobody
    // freed. This process ends with it.
    (void)dwarf_set_de_alloc_flag(0);
    int got = open_file(fd, arena, &ret->debug, &why);
    if (got == DW_DLV_NO_ENTRY)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "has no debug information");
    if (got != DW_DLV_OK)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "debug information: %s",
                       dwarf_errmsg(why));
    bt_buf_init(&ret->aranges.items, BT_LIMIT_SYMBOL_PART);
    bt_buf_init(&ret->units.items, BT_LIMIT_SYMBOL_PART);
    bt_buf_init(&ret->opened, BT_LIMIT_SYMBOL_PART);
    return BT_OK;
}

enum bt_status bt_dwarf_find(struct bt_dwarf *dwarf, uint64_t address, struct bt_arena *arena,
                             struct bt_symbol_chain *ret, struct bt_error *err)
{
    struct bt_dwarf_unit *unit;
    struct bt_symbol_chain chain = {.count = 1};
    BT_TRY(bt_dwarf_find_unit(dwarf, address, &unit, err));
    enum bt_status st = bt_dwarf_find_function(dwarf, unit, address, arena, &chain, err);
    enum bt_status line = bt_dwarf_find_line(dwarf, unit, address, &chain.items[0], err);
    if (st != BT_OK && line != BT_OK)
        return st;
    *ret = chain;
    return BT_OK;
}

static int compare_places(const void *a, const void *b)
{
    const struct bt_dwarf_place *x = a, *y = b;
    if (x->range.low != y->range.low)
        return x->range.low < y->range.low ? -1 : 1;
    // Of two that begin together the smaller one is inside and stands last.
    if (x->range.high != y->range.high)
        return x->range.high > y->range.high ? -1 : 1;
    return (x->die > y->die) - (x->die < y->die);
}

static struct bt_dwarf_place *items_of(const struct bt_dwarf_places *places)
{
    return (struct bt_dwarf_place *)(void *)places->items.data;
}

void bt_dwarf_sort_places(struct bt_dwarf_places *places)
{
    size_t count = places->items.size / sizeof(struct bt_dwarf_place);
    if (count != 0)
        qsort(places->items.data, count, sizeof(struct bt_dwarf_place), compare_places);
}

const struct bt_dwarf_place *bt_dwarf_place_at(const struct bt_dwarf_places *places,
                                               uint64_t address)
{
    const struct bt_dwarf_place *items = items_of(places);
    size_t low = 0, high = places->items.size / sizeof *items;
    while (low < high) { // items before `low` begin at or before the address
        size_t middle = low + (high - low) / 2;
        if (items[middle].range.low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = 0; i < OVERLAPS && low > i; i++) {
        const struct bt_dwarf_place *place = &items[low - 1 - i];
        if (address < place->range.high)
            return place;
    }
    return NULL;
}

// Replaces *die by its next sibling; false, and *die is gone, after the last one.
static bool next_sibling(Dwarf_Debug debug, Dwarf_Die *die)
{
    Dwarf_Die next = NULL;
    int got = dwarf_siblingof_b(debug, *die, 1, &next, NULL);
    dwarf_dealloc_die(*die);
    *die = next;
    return got == DW_DLV_OK;
}

void bt_dwarf_walk(struct bt_dwarf *dwarf, Dwarf_Die root,
                   bool (*visit)(void *self, Dwarf_Die die, Dwarf_Half tag), void *self)
{
    Dwarf_Die stack[DEPTH];
    size_t depth = 0;
    if (dwarf_child(root, &stack[0], NULL) == DW_DLV_OK)
        depth = 1;
    while (depth != 0) {
        Dwarf_Die die = stack[depth - 1];
        Dwarf_Half tag = 0;
        bool below = dwarf_tag(die, &tag, NULL) == DW_DLV_OK && visit(self, die, tag);
        if (below && depth < DEPTH && dwarf_child(die, &stack[depth], NULL) == DW_DLV_OK) {
            depth++;
            continue;
        }
        while (depth != 0 && !next_sibling(dwarf->debug, &stack[depth - 1]))
            depth--;
    }
}
