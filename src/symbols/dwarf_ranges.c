// SPDX-License-Identifier: MIT
//
// Where the code of a DIE lies: low and high address; or a list of ranges, which DWARF 3 and 4
// keep as pairs relative to a base, and DWARF 5 in a form of its own. Optimised code and
// inlined calls are mostly lists.
#include "symbols/dwarf.h"

struct range_sink {
    bool (*add)(void *self, struct bt_dwarf_range range);
    void *self;
};

static bool hand_on(const struct range_sink *sink, uint64_t low, uint64_t high)
{
    if (low >= high)
        return true;
    return sink->add(sink->self, (struct bt_dwarf_range){.low = low, .high = high});
}

static void add_old_list(struct bt_dwarf *dwarf, const struct bt_dwarf_unit *unit,
                         Dwarf_Die die, Dwarf_Off offset, const struct range_sink *sink)
{
    Dwarf_Ranges *ranges;
    Dwarf_Signed count = 0;
    Dwarf_Unsigned bytes;
    Dwarf_Off real;
    Dwarf_Addr base = 0;
    if (dwarf_get_ranges_b(dwarf->debug, offset, die, &real, &ranges, &count, &bytes, NULL) !=
        DW_DLV_OK)
        return;
    if (dwarf_lowpc(unit->root, &base, NULL) != DW_DLV_OK)
        base = 0;
    for (Dwarf_Signed i = 0; i < count && ranges[i].dwr_type != DW_RANGES_END; i++) {
        if (ranges[i].dwr_type == DW_RANGES_ADDRESS_SELECTION)
            base = ranges[i].dwr_addr2;
        else if (!hand_on(sink, base + ranges[i].dwr_addr1, base + ranges[i].dwr_addr2))
            return;
    }
}

static void add_new_list(Dwarf_Attribute attribute, Dwarf_Half form, Dwarf_Unsigned value,
                         const struct range_sink *sink)
{
    Dwarf_Rnglists_Head head;
    Dwarf_Unsigned count = 0, offset;
    if (dwarf_rnglists_get_rle_head(attribute, form, value, &head, &count, &offset, NULL) !=
        DW_DLV_OK)
        return;
    for (Dwarf_Unsigned i = 0; i < count; i++) {
        unsigned size, kind;
        Dwarf_Unsigned raw1, raw2, low = 0, high = 0;
        Dwarf_Bool no_address = 0;
        if (dwarf_get_rnglists_entry_fields_a(head, i, &size, &kind, &raw1, &raw2, &no_address,
                                              &low, &high, NULL) != DW_DLV_OK)
            break;
        bool is_base = kind == DW_RLE_base_address || kind == DW_RLE_base_addressx;
        if (kind == DW_RLE_end_of_list)
            break;
        if (!is_base && !no_address && !hand_on(sink, low, high))
            break;
    }
    dwarf_dealloc_rnglists_head(head);
}

static bool add_list(struct bt_dwarf *dwarf, const struct bt_dwarf_unit *unit, Dwarf_Die die,
                     const struct range_sink *sink)
{
    Dwarf_Attribute attribute;
    Dwarf_Half form = 0;
    Dwarf_Unsigned value = 0;
    Dwarf_Off offset = 0;
    if (dwarf_attr(die, DW_AT_ranges, &attribute, NULL) != DW_DLV_OK)
        return false;
    if (dwarf_whatform(attribute, &form, NULL) == DW_DLV_OK) {
        if (dwarf_global_formref(attribute, &offset, NULL) == DW_DLV_OK)
            value = offset;
        else if (dwarf_formudata(attribute, &value, NULL) != DW_DLV_OK)
            form = 0;
    }
    if (form != 0 && unit->version >= 5)
        add_new_list(attribute, form, value, sink);
    else if (form != 0)
        add_old_list(dwarf, unit, die, value, sink);
    dwarf_dealloc_attribute(attribute);
    return true;
}

bool bt_dwarf_ranges(struct bt_dwarf *dwarf, const struct bt_dwarf_unit *unit, Dwarf_Die die,
                     bool (*add)(void *self, struct bt_dwarf_range range), void *self)
{
    struct range_sink sink = {.add = add, .self = self};
    Dwarf_Addr low, high;
    Dwarf_Half form;
    enum Dwarf_Form_Class form_class;
    if (dwarf_lowpc(die, &low, NULL) != DW_DLV_OK ||
        dwarf_highpc_b(die, &high, &form, &form_class, NULL) != DW_DLV_OK)
        return add_list(dwarf, unit, die, &sink);
    if (form_class != DW_FORM_CLASS_ADDRESS)
        high += low; // a length
    hand_on(&sink, low, high);
    return true;
}
