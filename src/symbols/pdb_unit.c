// SPDX-License-Identifier: MIT
//
// The stream of a unit: u32 4, symbol records, old lines (before 2002, not read), lines.
// Record: u16 length (without itself), u16 kind. Procedure: 10 u32 length, 20 u32 offset, 24
// u16 section, 27 name.
#include "base/limits.h"
#include "base/text.h"
#include "symbols/pdb.h"

enum {
    STREAM_SIGNATURE = 4,
    PROCEDURE_HEADER = 0x27,
    // S_LPROC32 and S_GPROC32, the same with an item id, and the same for data-parallel code.
    LOCAL_PROCEDURE = 0x110f,
    GLOBAL_PROCEDURE = 0x1110,
    LOCAL_PROCEDURE_ID = 0x1146,
    GLOBAL_PROCEDURE_ID = 0x1147,
    LOCAL_PROCEDURE_DPC = 0x1155,
    LOCAL_PROCEDURE_DPC_ID = 0x1156,
};

// The unit whose code covers the address, or NULL.
static struct bt_pdb_unit *unit_at(const struct bt_pdb *pdb, struct bt_pdb_address at)
{
    size_t low = 0, high = pdb->contribution_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bt_pdb_compare(pdb->contributions[middle].start, at) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct bt_pdb_contribution *found = &pdb->contributions[low - 1];
    if (found->start.segment != at.segment || at.offset - found->start.offset >= found->size ||
        found->unit >= pdb->unit_count)
        return NULL;
    return &pdb->units[found->unit];
}

static enum bt_status load(struct bt_pdb *pdb, struct bt_pdb_unit *unit, struct bt_error *err)
{
    uint64_t lines = (uint64_t)unit->symbol_bytes + unit->old_line_bytes;
    struct bt_span symbols;
    unit->loaded = true;
    if (unit->symbol_bytes < 4)
        return BT_OK;
    BT_TRY(
        bt_msf_view(&pdb->msf, unit->stream, 0, unit->symbol_bytes, pdb->arena, &symbols, err));
    if (bt_span_u32(symbols, 0) != STREAM_SIGNATURE)
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "symbols of kind %u",
                       (unsigned)bt_span_u32(symbols, 0));
    BT_TRY(bt_span_sub(symbols, 4, symbols.size - 4, &unit->symbols, err));
    return bt_msf_view(&pdb->msf, unit->stream, lines, unit->line_bytes, pdb->arena,
                       &unit->lines, err);
}

enum bt_status bt_pdb_find_unit(struct bt_pdb *pdb, struct bt_pdb_address at,
                                struct bt_pdb_unit **ret, struct bt_error *err)
{
    struct bt_pdb_unit *unit = unit_at(pdb, at);
    if (unit == NULL || unit->stream == BT_MSF_NO_STREAM)
        return BT_ABSENT;
    if (!unit->loaded)
        BT_TRY(load(pdb, unit, err));
    *ret = unit;
    return BT_OK;
}

static bool is_procedure(uint16_t kind)
{
    switch (kind) {
    case LOCAL_PROCEDURE:
    case GLOBAL_PROCEDURE:
    case LOCAL_PROCEDURE_ID:
    case GLOBAL_PROCEDURE_ID:
    case LOCAL_PROCEDURE_DPC:
    case LOCAL_PROCEDURE_DPC_ID:
        return true;
    default:
        return false;
    }
}

// Whether the record, kind included, is a procedure that covers the address.
static bool covers(struct bt_span record, struct bt_pdb_address at)
{
    if (record.size < PROCEDURE_HEADER - 2 || !is_procedure(bt_span_u16(record, 0)))
        return false;
    uint32_t start = bt_span_u32(record, 0x20 - 2);
    return bt_span_u16(record, 0x24 - 2) == at.segment && at.offset >= start &&
           at.offset - start < bt_span_u32(record, 0x10 - 2);
}

static enum bt_status describe(struct bt_span record, struct bt_pdb_address at,
                               struct bt_arena *arena, struct bt_symbol *ret,
                               struct bt_error *err)
{
    struct bt_span name;
    BT_TRY(bt_span_sub(record, PROCEDURE_HEADER - 2, record.size - (PROCEDURE_HEADER - 2),
                       &name, err));
    BT_TRY(bt_text_bytes(name, arena, &ret->function, err));
    ret->function_offset = at.offset - bt_span_u32(record, 0x20 - 2);
    ret->kind = BT_SYMBOL_FUNCTION;
    return BT_OK;
}

enum bt_status bt_pdb_find_procedure(const struct bt_pdb *pdb, const struct bt_pdb_unit *unit,
                                     struct bt_pdb_address at, struct bt_arena *arena,
                                     struct bt_symbol_chain *ret, struct bt_error *err)
{
    struct bt_cursor records = bt_cursor_at(unit->symbols);
    struct bt_span record;
    while (bt_cursor_left(&records) >= 4) {
        uint16_t length;
        BT_TRY(bt_cursor_u16(&records, &length, err));
        BT_TRY(bt_cursor_take(&records, length, &record, err));
        if (!covers(record, at))
            continue;
        struct bt_symbol_chain chain = {.count = 1};
        BT_TRY(describe(record, at, arena, &chain.items[0], err));
        // The procedure is worth having also where the records of its calls are damaged.
        enum bt_status st = bt_pdb_find_inlined(
            pdb, unit, records, (uint32_t)chain.items[0].function_offset, arena, &chain, err);
        if (st == BT_E_NOMEM)
            return st;
        *ret = chain;
        return BT_OK;
    }
    return BT_ABSENT;
}
