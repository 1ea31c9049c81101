// SPDX-License-Identifier: MIT
#include <string.h>

#include "symbols/dwarf.h"
#include "symbols/undecorate.h"

// A name may stand in the DIE that this one completes, and that again in another one.
enum { NAME_HOPS = 8 };

struct function_list {
    struct bt_dwarf *dwarf;
    const struct bt_dwarf_unit *unit;
    struct bt_dwarf_places *places;
    bool deep; // also functions in functions
    Dwarf_Off die;
    uint64_t entry;
    bool has_entry;
};

static bool add_function_range(void *self, struct bt_dwarf_range range)
{
    struct function_list *list = self;
    if (!list->has_entry)
        list->entry = range.low; // the first range has the beginning, others are cold parts
    list->has_entry = true;
    struct bt_dwarf_place place = {.range = range, .entry = list->entry, .die = list->die};
    bt_buf_add(&list->places->items, &place, sizeof place);
    return list->places->items.status == BT_OK;
}

static bool visit_for_functions(void *self, Dwarf_Die die, Dwarf_Half tag)
{
    struct function_list *list = self;
    switch (tag) {
    case DW_TAG_subprogram:
        list->has_entry = false;
        if (dwarf_dieoffset(die, &list->die, NULL) == DW_DLV_OK)
            (void)bt_dwarf_ranges(list->dwarf, list->unit, die, add_function_range, list);
        return list->deep;
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_class_type: // Rust has methods in there
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_enumeration_type:
        return true;
    case DW_TAG_lexical_block:
        return list->deep;
    default:
        return false;
    }
}

static const struct bt_dwarf_place *function_at(struct bt_dwarf *dwarf,
                                                struct bt_dwarf_unit *unit,
                                                struct bt_dwarf_places *places, bool deep,
                                                uint64_t address)
{
    struct function_list list = {.dwarf = dwarf, .unit = unit, .places = places, .deep = deep};
    if (!places->read) {
        bt_dwarf_walk(dwarf, unit->root, visit_for_functions, &list);
        bt_dwarf_sort_places(places);
        places->read = true;
    }
    return bt_dwarf_place_at(places, address);
}

// The DIE that `die` completes or is a copy of.
static bool follow(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half attribute_name, Dwarf_Die *ret)
{
    Dwarf_Attribute attribute;
    Dwarf_Off offset;
    if (dwarf_attr(die, attribute_name, &attribute, NULL) != DW_DLV_OK)
        return false;
    bool found = dwarf_global_formref(attribute, &offset, NULL) == DW_DLV_OK &&
                 dwarf_offdie_b(debug, offset, 1, ret, NULL) == DW_DLV_OK;
    dwarf_dealloc_attribute(attribute);
    return found;
}

static char *text_of(Dwarf_Die die, Dwarf_Half attribute_name)
{
    Dwarf_Attribute attribute;
    char *text = NULL;
    if (dwarf_attr(die, attribute_name, &attribute, NULL) != DW_DLV_OK)
        return NULL;
    if (dwarf_formstring(attribute, &text, NULL) != DW_DLV_OK)
        text = NULL;
    dwarf_dealloc_attribute(attribute);
    return text;
}

// The name as a programmer writes it, with its scopes where the linker's name tells them
// simply. NULL where there is none.
static enum bt_status read_name(struct bt_dwarf *dwarf, Dwarf_Die die, struct bt_arena *arena,
                                const char **ret, struct bt_error *err)
{
    const char *name = NULL, *linkage = NULL, *full = NULL;
    Dwarf_Die at = die;
    for (int hop = 0; hop < NAME_HOPS && (name == NULL || linkage == NULL); hop++) {
        if (name == NULL)
            name = text_of(at, DW_AT_name);
        if (linkage == NULL)
            linkage = text_of(at, DW_AT_linkage_name);
        Dwarf_Die next;
        if (!follow(dwarf->debug, at, DW_AT_abstract_origin, &next) &&
            !follow(dwarf->debug, at, DW_AT_specification, &next))
            break;
        at = next;
    }
    *ret = name != NULL ? name : linkage;
    if (linkage == NULL)
        return BT_OK;
    BT_TRY(bt_symbol_undecorate(linkage, false, arena, &full, err));
    if (full != linkage || name == NULL)
        *ret = full;
    return BT_OK;
}

static uint64_t number_of(Dwarf_Die die, Dwarf_Half attribute_name)
{
    Dwarf_Attribute attribute;
    Dwarf_Unsigned value = 0;
    Dwarf_Signed signed_value = 0;
    if (dwarf_attr(die, attribute_name, &attribute, NULL) != DW_DLV_OK)
        return 0;
    if (dwarf_formudata(attribute, &value, NULL) != DW_DLV_OK) {
        value = 0;
        if (dwarf_formsdata(attribute, &signed_value, NULL) == DW_DLV_OK && signed_value > 0)
            value = (Dwarf_Unsigned)signed_value;
    }
    dwarf_dealloc_attribute(attribute);
    return value;
}

struct range_check {
    uint64_t address;
    bool covers;
    uint64_t start;
};

static bool check_range(void *self, struct bt_dwarf_range range)
{
    struct range_check *check = self;
    if (check->address < range.low || check->address >= range.high)
        return true;
    check->covers = true;
    check->start = range.low;
    return false;
}

// From the function inwards: a call that covers the address is put in front.
struct inline_search {
    struct bt_dwarf *dwarf;
    struct bt_dwarf_unit *unit;
    struct bt_arena *arena;
    uint64_t address;
    struct bt_symbol_chain *chain;
    enum bt_status status;
};

static void push_call(struct inline_search *search, Dwarf_Die die, uint64_t start)
{
    struct bt_symbol_chain *chain = search->chain;
    struct bt_symbol call = {.function_offset = search->address - start, .inlined = true};
    if (chain->count == BT_LIMIT_INLINES)
        return;
    search->status = read_name(search->dwarf, die, search->arena, &call.function, NULL);
    // Where the call stands is the line of what is around it.
    chain->items[0].line = (uint32_t)number_of(die, DW_AT_call_line);
    chain->items[0].file =
        bt_dwarf_file_name(search->dwarf, search->unit, number_of(die, DW_AT_call_file));
    memmove(&chain->items[1], &chain->items[0], chain->count * sizeof chain->items[0]);
    chain->items[0] = call;
    chain->count++;
}

static bool visit_for_calls(void *self, Dwarf_Die die, Dwarf_Half tag)
{
    struct inline_search *search = self;
    struct range_check check = {.address = search->address};
    if (search->status != BT_OK ||
        (tag != DW_TAG_lexical_block && tag != DW_TAG_inlined_subroutine))
        return false;
    bool has_ranges = bt_dwarf_ranges(search->dwarf, search->unit, die, check_range, &check);
    if (tag == DW_TAG_lexical_block)
        return check.covers || !has_ranges;
    if (check.covers)
        push_call(search, die, check.start);
    return check.covers;
}

enum bt_status bt_dwarf_find_function(struct bt_dwarf *dwarf, struct bt_dwarf_unit *unit,
                                      uint64_t address, struct bt_arena *arena,
                                      struct bt_symbol_chain *ret, struct bt_error *err)
{
    const struct bt_dwarf_place *place =
        function_at(dwarf, unit, &unit->functions, false, address);
    if (place == NULL)
        place = function_at(dwarf, unit, &unit->all_functions, true, address);
    Dwarf_Die die;
    if (place == NULL || dwarf_offdie_b(dwarf->debug, place->die, 1, &die, NULL) != DW_DLV_OK)
        return BT_ABSENT;
    struct bt_symbol_chain chain = {.count = 1};
    struct bt_symbol *function = &chain.items[0];
    function->function_offset =
        address - (place->entry <= address ? place->entry : place->range.low);
    BT_TRY(read_name(dwarf, die, arena, &function->function, err));
    struct inline_search search = {
        .dwarf = dwarf, .unit = unit, .arena = arena, .address = address, .chain = &chain};
    bt_dwarf_walk(dwarf, die, visit_for_calls, &search);
    dwarf_dealloc_die(die);
    *ret = chain;
    return search.status;
}
