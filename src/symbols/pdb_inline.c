// SPDX-License-Identifier: MIT
//
// Calls that were compiled into their callers. Inside of a procedure's records: 114D, 0C u32
// item of the function, 10 annotations (115D: annotations at 14), up to a 114E; sites nest.
// Annotations are a program for a line table: numbers of 1, 2 or 4 bytes, an operation and its
// operands. A row begins where the code offset changes and lasts to the next row, or for the
// length that a length operation gives; offsets count from the start of the procedure, and go
// on from the end of a row that was given a length.
// Lines part F6: u32 0 or 1, then {u32 item, u32 file, u32 line} where the function begins,
// with 1 also u32 count and more files.
#include "symbols/pdb.h"

enum {
    // How records open and close scopes.
    KIND_END = 0x0006,
    KIND_THUNK = 0x1102,
    KIND_BLOCK = 0x1103,
    KIND_SEPARATED = 0x1132,
    KIND_PROCEDURE_END = 0x114f,
    KIND_SITE = 0x114d,
    KIND_SITE_END = 0x114e,
    KIND_SITE_2 = 0x115d,
    PART_INLINEE_LINES = 0xf6,
};

enum operation {
    OP_CODE_OFFSET = 1,
    OP_CODE_BASE = 2,
    OP_CHANGE_CODE_OFFSET = 3,
    OP_CODE_LENGTH = 4,
    OP_CHANGE_FILE = 5,
    OP_CHANGE_LINE = 6,
    OP_CHANGE_CODE_AND_LINE = 11,
    OP_LENGTH_AND_CODE = 12,
    OP_LAST = 13,
};

// Where a row begins, and what it says.
struct row {
    bool open;
    uint32_t start;
    int32_t line; // from the line where the function begins
    uint32_t file;
};

struct line_program {
    struct bt_cursor at;
    uint32_t target; // the offset that is looked for
    uint32_t code;   // the current offset
    int32_t line;
    uint32_t file; // 0: the function's own
    struct row row;
    bool begun, found;
    uint32_t begin; // where the first row begins
};

static enum bt_status take_byte(struct bt_cursor *at, uint32_t *ret, struct bt_error *err)
{
    struct bt_span byte;
    BT_TRY(bt_cursor_take(at, 1, &byte, err));
    *ret = byte.data[0];
    return BT_OK;
}

// The highest bits of the first byte say how many follow.
static enum bt_status take_number(struct bt_cursor *at, uint32_t *ret, struct bt_error *err)
{
    uint32_t value, more;
    BT_TRY(take_byte(at, &value, err));
    unsigned follow = value < 0x80 ? 0 : value < 0xc0 ? 1 : 3;
    value &= follow == 0 ? 0x7f : follow == 1 ? 0x3f : 0x1f;
    for (unsigned i = 0; i < follow; i++) {
        BT_TRY(take_byte(at, &more, err));
        value = value << 8 | more;
    }
    *ret = value;
    return BT_OK;
}

// The lowest bit is the sign.
static int32_t as_signed(uint32_t value)
{
    int32_t magnitude = (int32_t)(value >> 1);
    return (value & 1) != 0 ? -magnitude : magnitude;
}

// Ends the row that is open at `end`; remembers it where it covers the target.
static void end_row(struct line_program *p, uint32_t end)
{
    if (p->row.open && p->target >= p->row.start && p->target < end)
        p->found = true;
    else
        p->row.open = false;
}

static void begin_row(struct line_program *p)
{
    end_row(p, p->code);
    if (p->found)
        return;
    p->row = (struct row){.open = true, .start = p->code, .line = p->line, .file = p->file};
    if (!p->begun)
        p->begin = p->code;
    p->begun = true;
}

static void end_row_after(struct line_program *p, uint32_t length)
{
    p->code += length;
    end_row(p, p->code);
    if (!p->found)
        p->row.open = false;
}

static enum bt_status step(struct line_program *p, uint32_t operation, struct bt_error *err)
{
    uint32_t a, b = 0;
    BT_TRY(take_number(&p->at, &a, err));
    if (operation == OP_LENGTH_AND_CODE)
        BT_TRY(take_number(&p->at, &b, err));
    switch (operation) {
    case OP_CODE_OFFSET:
    case OP_CHANGE_CODE_OFFSET:
        p->code += a;
        begin_row(p);
        break;
    case OP_CODE_LENGTH:
        end_row_after(p, a);
        break;
    case OP_CHANGE_FILE:
        p->file = a;
        break;
    case OP_CHANGE_LINE:
        p->line += as_signed(a);
        break;
    case OP_CHANGE_CODE_AND_LINE:
        p->code += a & 0xf;
        p->line += as_signed(a >> 4);
        begin_row(p);
        break;
    case OP_LENGTH_AND_CODE:
        p->code += b;
        begin_row(p);
        if (!p->found)
            end_row_after(p, a);
        break;
    default: // columns, ends of statements, kinds of ranges
        break;
    }
    return BT_OK;
}

// Runs until the row of the target is found or the program ends (zeros pad it).
static enum bt_status run(struct line_program *p, struct bt_error *err)
{
    while (!p->found && bt_cursor_left(&p->at) != 0) {
        uint32_t operation;
        BT_TRY(take_number(&p->at, &operation, err));
        if (operation == 0 || operation > OP_LAST)
            break;
        if (operation == OP_CODE_BASE) // of separated code, which is not followed
            return BT_ABSENT;
        BT_TRY(step(p, operation, err));
    }
    return p->found ? BT_OK : BT_ABSENT;
}

// Where the function of an item begins: file (offset into the files part) and line.
static enum bt_status find_inlinee(const struct bt_pdb_unit *unit, uint32_t item,
                                   uint32_t *ret_file, uint32_t *ret_line, struct bt_error *err)
{
    struct bt_cursor parts = bt_cursor_at(unit->lines);
    struct bt_span part, entry;
    uint32_t kind, form = 0, more;
    while (bt_pdb_next_part(&parts, &kind, &part, err) == BT_OK) {
        if (kind != PART_INLINEE_LINES)
            continue;
        struct bt_cursor at = bt_cursor_at(part);
        BT_TRY(bt_cursor_u32(&at, &form, err));
        while (bt_cursor_left(&at) >= 12) {
            BT_TRY(bt_cursor_take(&at, 12, &entry, err));
            if (bt_span_u32(entry, 0) == item) {
                *ret_file = bt_span_u32(entry, 4);
                *ret_line = bt_span_u32(entry, 8);
                return BT_OK;
            }
            if (form == 0)
                continue;
            BT_TRY(bt_cursor_u32(&at, &more, err));
            BT_TRY(bt_cursor_skip(&at, (uint64_t)more * 4, err));
        }
    }
    return BT_ABSENT;
}

// Describes a site where it covers `target`, an offset into its procedure.
static enum bt_status read_site(const struct bt_pdb *pdb, const struct bt_pdb_unit *unit,
                                struct bt_span record, uint32_t target, struct bt_arena *arena,
                                struct bt_symbol *ret, struct bt_error *err)
{
    size_t program_at = bt_span_u16(record, 0) == KIND_SITE ? 0x10 - 2 : 0x14 - 2;
    struct bt_span program;
    uint32_t file = 0, line = 0;
    if (record.size < program_at)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "an inlined call is cut");
    BT_TRY(bt_span_sub(record, program_at, record.size - program_at, &program, err));
    struct line_program p = {.at = bt_cursor_at(program), .target = target};
    BT_TRY(run(&p, err));
    *ret = (struct bt_symbol){.function_offset = target - p.begin, .inlined = true};
    uint32_t item = bt_span_u32(record, 0xc - 2);
    BT_TRY(bt_pdb_function_name(pdb, item, arena, &ret->function, err));
    if (find_inlinee(unit, item, &file, &line, NULL) != BT_OK)
        return BT_OK;
    if (p.row.file != 0)
        file = p.row.file;
    if (bt_pdb_file_name(pdb, unit, file, arena, &ret->file, NULL) == BT_OK)
        ret->line = line + (uint32_t)p.row.line;
    return BT_OK;
}

static int scope_change(uint16_t kind)
{
    switch (kind) {
    case KIND_BLOCK:
    case KIND_THUNK:
    case KIND_SEPARATED:
    case KIND_SITE:
    case KIND_SITE_2:
        return 1;
    case KIND_END:
    case KIND_SITE_END:
    case KIND_PROCEDURE_END:
        return -1;
    default:
        return 0;
    }
}

// Puts `symbol` in front of the others.
static void push_inner(struct bt_symbol_chain *chain, const struct bt_symbol *symbol)
{
    if (chain->count == BT_LIMIT_INLINES)
        return;
    for (size_t i = chain->count; i > 0; i--)
        chain->items[i] = chain->items[i - 1];
    chain->items[0] = *symbol;
    chain->count++;
}

enum bt_status bt_pdb_find_inlined(const struct bt_pdb *pdb, const struct bt_pdb_unit *unit,
                                   struct bt_cursor records, uint32_t target,
                                   struct bt_arena *arena, struct bt_symbol_chain *ret,
                                   struct bt_error *err)
{
    struct bt_span record;
    struct bt_symbol symbol;
    int depth = 1;
    while (depth > 0 && bt_cursor_left(&records) >= 4) {
        uint16_t length;
        BT_TRY(bt_cursor_u16(&records, &length, err));
        BT_TRY(bt_cursor_take(&records, length, &record, err));
        if (length < 2)
            continue;
        uint16_t kind = bt_span_u16(record, 0);
        depth += scope_change(kind);
        if (kind != KIND_SITE && kind != KIND_SITE_2)
            continue;
        enum bt_status st = read_site(pdb, unit, record, target, arena, &symbol, err);
        if (st == BT_OK)
            push_inner(ret, &symbol);
        else if (st != BT_ABSENT)
            return st;
    }
    return BT_OK;
}
