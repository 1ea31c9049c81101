// SPDX-License-Identifier: MIT
//
// The line table of a unit, read once. One table is several sequences of rows, each for a
// stretch of code; a row counts from its address to the next one.
#include <stdlib.h>

#include "symbols/dwarf.h"

static int compare_sequences(const void *a, const void *b)
{
    const struct bt_dwarf_sequence *x = a, *y = b;
    if (x->range.low != y->range.low)
        return x->range.low < y->range.low ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

static void sort_sequences(struct bt_dwarf_unit *unit)
{
    size_t count = unit->sequences.size / sizeof(struct bt_dwarf_sequence);
    if (count != 0)
        qsort(unit->sequences.data, count, sizeof(struct bt_dwarf_sequence), compare_sequences);
}

// Splits the rows into sequences. Rows after the last end belong to none.
static void read_rows(struct bt_dwarf_unit *unit, Dwarf_Line *lines, size_t count)
{
    size_t first = 0;
    for (size_t i = 0; i < count; i++) {
        Dwarf_Addr address = 0;
        Dwarf_Bool is_end = 0;
        if (dwarf_lineaddr(lines[i], &address, NULL) != DW_DLV_OK ||
            dwarf_lineendsequence(lines[i], &is_end, NULL) != DW_DLV_OK)
            return;
        unit->rows[i] = (struct bt_dwarf_row){.address = address, .line = lines[i]};
        if (!is_end)
            continue;
        struct bt_dwarf_sequence sequence = {
            .range = {.low = unit->rows[first].address, .high = address},
            .first = first,
            .end = i,
        };
        if (sequence.range.low < sequence.range.high)
            bt_buf_add(&unit->sequences, &sequence, sizeof sequence);
        first = i + 1;
    }
}

static enum bt_status read_lines(struct bt_dwarf *dwarf, struct bt_dwarf_unit *unit,
                                 struct bt_error *err)
{
    Dwarf_Unsigned version;
    Dwarf_Small tables;
    Dwarf_Line_Context context;
    Dwarf_Line *lines;
    Dwarf_Signed count = 0;
    unit->has_lines = true;
    if (dwarf_srclines_b(unit->root, &version, &tables, &context, NULL) != DW_DLV_OK ||
        dwarf_srclines_from_linecontext(context, &lines, &count, NULL) != DW_DLV_OK ||
        count <= 0)
        return BT_OK;
    BT_TRY(bt_arena_alloc(dwarf->arena, (uint64_t)count, sizeof *unit->rows, &unit->rows, err));
    read_rows(unit, lines, (size_t)count);
    sort_sequences(unit);
    return BT_OK;
}

// The last sequence that begins at or before the address, or NULL where it does not reach it.
static const struct bt_dwarf_sequence *sequence_at(const struct bt_dwarf_unit *unit,
                                                   uint64_t address)
{
    const struct bt_dwarf_sequence *items =
        (const struct bt_dwarf_sequence *)(const void *)unit->sequences.data;
    size_t low = 0, high = unit->sequences.size / sizeof *items;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (items[middle].range.low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || address >= items[low - 1].range.high)
        return NULL;
    return &items[low - 1];
}

enum bt_status bt_dwarf_find_line(struct bt_dwarf *dwarf, struct bt_dwarf_unit *unit,
                                  uint64_t address, struct bt_symbol *ret, struct bt_error *err)
{
    if (!unit->has_lines)
        BT_TRY(read_lines(dwarf, unit, err));
    const struct bt_dwarf_sequence *sequence = sequence_at(unit, address);
    if (sequence == NULL)
        return BT_ABSENT;
    size_t low = sequence->first, high = sequence->end;
    while (low < high) { // rows before `low` begin at or before the address
        size_t middle = low + (high - low) / 2;
        if (unit->rows[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    Dwarf_Unsigned line = 0;
    char *file = NULL;
    if (low == sequence->first ||
        dwarf_lineno(unit->rows[low - 1].line, &line, NULL) != DW_DLV_OK ||
        dwarf_linesrc(unit->rows[low - 1].line, &file, NULL) != DW_DLV_OK)
        return BT_ABSENT;
    ret->file = file;
    ret->line = (uint32_t)line;
    return BT_OK;
}

const char *bt_dwarf_file_name(struct bt_dwarf *dwarf, struct bt_dwarf_unit *unit,
                               uint64_t number)
{
    (void)dwarf;
    if (!unit->has_files &&
        dwarf_srcfiles(unit->root, &unit->files, &unit->file_count, NULL) != DW_DLV_OK)
        unit->file_count = 0;
    unit->has_files = true;
    // Up to DWARF 4 the first file has number 1, and 0 stands for none.
    if (unit->version < 5 && number-- == 0)
        return NULL;
    return number < (uint64_t)unit->file_count ? unit->files[number] : NULL;
}
