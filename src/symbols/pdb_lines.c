// SPDX-License-Identifier: MIT
//
// Lines of a unit ("C13"): parts of {u32 kind, u32 bytes}, padded to 4.
//   F2 lines: 00 u32 offset, 04 u16 section, 06 u16 flags, 08 u32 code bytes, 0C blocks of
//      {u32 file, u32 count, u32 bytes with this header}, `count` times {u32 offset from the
//      start of the code, u32 line (24 bits) and flags}, then columns where there are any
//   F4 files: at offset `file` of the part: u32 offset of the name in the names stream
// Names stream: 00 u32 EFFEEFFE, 0C the names.
#include "base/limits.h"
#include "symbols/pdb.h"

enum {
    PART_LINES = 0xf2,
    PART_FILES = 0xf4,
    LINES_HEADER = 12,
    BLOCK_HEADER = 12,
    NAMES_HEADER = 12,
    LINE_MASK = 0xffffff,
    // The compiler's marks for code that no line stands for.
    LINE_HIDDEN = 0xfeefee,
    LINE_HIDDEN_2 = 0xf00f00,
};

struct found_line {
    uint32_t offset; // from the start of the code; the last one before the address wins
    uint32_t line, file;
    bool found;
};

enum bt_status bt_pdb_next_part(struct bt_cursor *at, uint32_t *ret_kind, struct bt_span *ret,
                                struct bt_error *err)
{
    uint32_t size;
    if (bt_cursor_left(at) < 8)
        return BT_ABSENT;
    BT_TRY(bt_cursor_u32(at, ret_kind, err));
    BT_TRY(bt_cursor_u32(at, &size, err));
    BT_TRY(bt_cursor_take(at, size, ret, err));
    size_t padding = (4 - at->pos % 4) % 4;
    return bt_cursor_skip(at, padding < bt_cursor_left(at) ? padding : bt_cursor_left(at), err);
}

// The last row at or before the address is the one. Code before the first row belongs to the
// first: optimisers move the row's own beginning.
static bool is_better(uint32_t start, uint32_t offset, const struct found_line *best)
{
    if (!best->found)
        return true;
    if (start <= offset)
        return best->offset > offset || start >= best->offset;
    return best->offset > offset && start < best->offset;
}

static void search_block(struct bt_span lines, uint32_t file, uint32_t offset,
                         struct found_line *best)
{
    for (size_t i = 0; i + 8 <= lines.size; i += 8) {
        uint32_t start = bt_span_u32(lines, i);
        if (!is_better(start, offset, best))
            continue;
        *best = (struct found_line){.offset = start,
                                    .line = bt_span_u32(lines, i + 4) & LINE_MASK,
                                    .file = file,
                                    .found = true};
    }
}

// Looks through the lines of one stretch of code, if it is the one around `at`.
static enum bt_status search_part(struct bt_span part, struct bt_pdb_address at,
                                  struct found_line *best, struct bt_error *err)
{
    struct bt_cursor blocks = bt_cursor_at(part);
    struct bt_span header, block, lines;
    BT_TRY(bt_cursor_take(&blocks, LINES_HEADER, &header, err));
    uint32_t start = bt_span_u32(header, 0), size = bt_span_u32(header, 8);
    if (bt_span_u16(header, 4) != at.segment || at.offset < start || at.offset - start >= size)
        return BT_OK;
    while (bt_cursor_left(&blocks) >= BLOCK_HEADER) {
        BT_TRY(bt_cursor_take(&blocks, BLOCK_HEADER, &header, err));
        uint32_t bytes = bt_span_u32(header, 8);
        if (bytes < BLOCK_HEADER)
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "a block of lines has no header");
        BT_TRY(bt_cursor_take(&blocks, bytes - BLOCK_HEADER, &block, err));
        BT_TRY(bt_span_table(block, 0, bt_span_u32(header, 4), 8, &lines, err));
        search_block(lines, bt_span_u32(header, 0), at.offset - start, best);
    }
    return BT_OK;
}

enum bt_status bt_pdb_file_name(const struct bt_pdb *pdb, const struct bt_pdb_unit *unit,
                                uint32_t file, struct bt_arena *arena, const char **ret,
                                struct bt_error *err)
{
    struct bt_cursor parts = bt_cursor_at(unit->lines);
    struct bt_span part, entry;
    uint32_t kind = 0;
    do {
        BT_TRY(bt_pdb_next_part(&parts, &kind, &part, err));
    } while (kind != PART_FILES);
    BT_TRY(bt_span_sub(part, file, 4, &entry, err));
    return bt_msf_text(&pdb->msf, pdb->names_stream,
                       (uint64_t)NAMES_HEADER + bt_span_u32(entry, 0), BT_LIMIT_SYMBOL_NAME,
                       arena, ret, err);
}

enum bt_status bt_pdb_find_line(const struct bt_pdb *pdb, const struct bt_pdb_unit *unit,
                                struct bt_pdb_address at, struct bt_arena *arena,
                                struct bt_symbol *ret, struct bt_error *err)
{
    struct bt_cursor parts = bt_cursor_at(unit->lines);
    struct bt_span part;
    struct found_line best = {0};
    enum bt_status st;
    uint32_t kind;
    while ((st = bt_pdb_next_part(&parts, &kind, &part, err)) == BT_OK) {
        if (kind == PART_LINES)
            BT_TRY(search_part(part, at, &best, err));
    }
    if (st != BT_ABSENT)
        return st;
    if (!best.found || best.line == LINE_HIDDEN || best.line == LINE_HIDDEN_2)
        return BT_ABSENT;
    BT_TRY(bt_pdb_file_name(pdb, unit, best.file, arena, &ret->file, err));
    ret->line = best.line;
    return BT_OK;
}
