// SPDX-License-Identifier: MIT
//
// From an address to its compilation unit: through .debug_aranges, which gcc writes, and else
// through what every unit says of itself, which costs a look at each.
#include "symbols/dwarf.h"

static void add_place(struct bt_dwarf_places *places, struct bt_dwarf_range range,
                      Dwarf_Off unit)
{
    struct bt_dwarf_place place = {.range = range, .entry = range.low, .die = unit};
    bt_buf_add(&places->items, &place, sizeof place);
}

static void read_aranges(struct bt_dwarf *dwarf)
{
    Dwarf_Arange *aranges;
    Dwarf_Signed count = 0;
    dwarf->aranges.read = true;
    if (dwarf_get_aranges(dwarf->debug, &aranges, &count, NULL) != DW_DLV_OK)
        return;
    for (Dwarf_Signed i = 0; i < count; i++) {
        Dwarf_Unsigned segment, segment_size, length;
        Dwarf_Addr start;
        Dwarf_Off unit;
        if (dwarf_get_arange_info_b(aranges[i], &segment, &segment_size, &start, &length, &unit,
                                    NULL) != DW_DLV_OK ||
            length == 0 || length > UINT64_MAX - start)
            continue;
        add_place(&dwarf->aranges,
                  (struct bt_dwarf_range){.low = start, .high = start + length}, unit);
    }
    bt_dwarf_sort_places(&dwarf->aranges);
}

struct unit_reader {
    struct bt_dwarf *dwarf;
    Dwarf_Off offset;
};

static bool add_unit_range(void *self, struct bt_dwarf_range range)
{
    const struct unit_reader *reader = self;
    add_place(&reader->dwarf->units, range, reader->offset);
    return reader->dwarf->units.items.status == BT_OK;
}

static void read_unit_ranges(struct bt_dwarf *dwarf, Dwarf_Half version)
{
    struct bt_dwarf_unit unit = {.version = version};
    struct unit_reader reader = {.dwarf = dwarf};
    if (dwarf_siblingof_b(dwarf->debug, NULL, 1, &unit.root, NULL) != DW_DLV_OK)
        return;
    if (dwarf_dieoffset(unit.root, &reader.offset, NULL) == DW_DLV_OK)
        (void)bt_dwarf_ranges(dwarf, &unit, unit.root, add_unit_range, &reader);
    dwarf_dealloc_die(unit.root);
}

// The library goes through the units once around: the loop must run to its end.
static void read_units(struct bt_dwarf *dwarf)
{
    dwarf->units.read = true;
    for (;;) {
        Dwarf_Unsigned length, type_offset, next;
        Dwarf_Half version, address_size, length_size, extension_size, type;
        Dwarf_Off abbreviations;
        Dwarf_Sig8 signature;
        if (dwarf_next_cu_header_d(dwarf->debug, 1, &length, &version, &abbreviations,
                                   &address_size, &length_size, &extension_size, &signature,
                                   &type_offset, &next, &type, NULL) != DW_DLV_OK)
            break;
        read_unit_ranges(dwarf, version);
    }
    bt_dwarf_sort_places(&dwarf->units);
}

static enum bt_status open_unit(struct bt_dwarf *dwarf, Dwarf_Off offset,
                                struct bt_dwarf_unit **ret, struct bt_error *err)
{
    struct bt_dwarf_unit **opened = (struct bt_dwarf_unit **)(void *)dwarf->opened.data;
    struct bt_dwarf_unit *unit;
    Dwarf_Half offset_size;
    for (size_t i = 0; i < dwarf->opened.size / sizeof unit; i++) {
        if (opened[i]->offset == offset) {
            *ret = opened[i];
            return BT_OK;
        }
    }
    BT_TRY(bt_arena_alloc(dwarf->arena, 1, sizeof *unit, &unit, err));
    unit->offset = offset;
    if (dwarf_offdie_b(dwarf->debug, offset, 1, &unit->root, NULL) != DW_DLV_OK ||
        dwarf_get_version_of_die(unit->root, &unit->version, &offset_size) != DW_DLV_OK)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "has a compilation unit of no sense");
    bt_buf_init(&unit->functions.items, BT_LIMIT_SYMBOL_PART);
    bt_buf_init(&unit->all_functions.items, BT_LIMIT_SYMBOL_PART);
    bt_buf_init(&unit->sequences, BT_LIMIT_SYMBOL_PART);
    bt_buf_add(&dwarf->opened, &unit, sizeof unit);
    *ret = unit;
    return BT_OK;
}

enum bt_status bt_dwarf_find_unit(struct bt_dwarf *dwarf, uint64_t address,
                                  struct bt_dwarf_unit **ret, struct bt_error *err)
{
    if (!dwarf->aranges.read)
        read_aranges(dwarf);
    const struct bt_dwarf_place *place = bt_dwarf_place_at(&dwarf->aranges, address);
    if (place == NULL) {
        // Not all compilers write .debug_aranges, and one file may be the work of several.
        if (!dwarf->units.read)
            read_units(dwarf);
        place = bt_dwarf_place_at(&dwarf->units, address);
    }
    if (place == NULL)
        return BT_ABSENT;
    return open_unit(dwarf, place->die, ret, err);
}
