// SPDX-License-Identifier: MIT
#include "kb/import/tables.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

enum { CELLS_MAX = 16, REVISION_CANDIDATES = 4 };

// Words that may stand in a row beside its cells: a platform or a branch in more than one word.
enum { ROW_WORDS = 5, BARE_ROW_WORDS = 2 };

void bt_import_doubt(struct bt_import_draft *draft, struct bt_arena *arena, uint32_t line,
                     const char *format, ...)
{
    if (draft->doubt_count == BT_IMPORT_DOUBTS)
        return;
    struct bt_buf text;
    bt_buf_init(&text, 512);
    va_list args;
    va_start(args, format);
    bt_buf_vprintf(&text, format, args);
    va_end(args);
    struct bt_import_text *doubt = &draft->doubts[draft->doubt_count];
    if (bt_arena_text(arena, bt_buf_cstr(&text), text.size, &doubt->text, NULL) == BT_OK) {
        doubt->line = line;
        draft->doubt_count++;
    }
    bt_buf_fini(&text);
}

static size_t split_cells(const char *text, size_t size, struct bt_import_cell cells[CELLS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < size && count < CELLS_MAX;) {
        while (i < size && bt_is_space(text[i]))
            i++;
        size_t start = i;
        while (i < size && !bt_is_space(text[i]))
            i++;
        if (i > start)
            cells[count++] = (struct bt_import_cell){.text = text + start, .size = i - start};
    }
    return count;
}

// --- Rows with cells

static enum bt_status keep_text(struct bt_arena *arena, struct bt_import_cell c,
                                const char **ret, struct bt_error *err)
{
    return bt_arena_text(arena, c.text, c.size, ret, err);
}

// Sorts the cells into the fields of a row. A row is a file name with a version or a date, or
// with a size and something else.
static enum bt_status read_cells(const struct bt_import_cell *cells, size_t count,
                                 uint32_t line, struct bt_arena *arena,
                                 struct bt_import_file *row, bool *is_row, struct bt_error *err)
{
    unsigned minutes, clock = 0;
    bool has_clock = false;
    size_t words = 0; // cells that are nothing of a row
    *row = (struct bt_import_file){.line = line, .named_in_table = true, .date_only = true};
    for (size_t i = 0; i < count; i++) {
        struct bt_import_cell c = cells[i];
        const char *platform = bt_import_cell_platform(c);
        if (row->name == NULL && bt_import_file_name(c.text, c.size) == c.size)
            BT_TRY(keep_text(arena, c, &row->name, err));
        else if (!row->date.known && bt_import_cell_date(c, &row->date.value))
            row->date.known = true;
        else if (!has_clock && bt_import_cell_clock(c, &minutes)) {
            has_clock = true;
            clock = minutes;
        } else if (row->version == NULL && bt_import_is_version(c))
            BT_TRY(keep_text(arena, c, &row->version, err));
        else if (!row->size.known && bt_import_cell_size(c, &row->size.value))
            row->size.known = true;
        else if (row->platform == NULL && platform != NULL)
            row->platform = platform;
        else
            words++;
    }
    if (row->date.known && has_clock) {
        row->date.value += (uint64_t)clock * 60 * BT_TICKS_PER_SECOND;
        row->date_only = false;
    }
    // A sentence may name a file and a number with dots; it has no size and no date.
    bool sure = row->date.known || row->size.known;
    *is_row = row->name != NULL && (row->version != NULL || row->date.known) &&
              words <= (sure ? ROW_WORDS : BARE_ROW_WORDS);
    return BT_OK;
}

static void add_row(struct bt_import_draft *draft, const struct bt_import_file *row)
{
    for (size_t i = 0; i < draft->file_count; i++) {
        const struct bt_import_file *f = &draft->files[i];
        if (bt_ieq(f->name, row->name) && bt_casecmp(f->version, row->version) == 0 &&
            bt_casecmp(f->platform, row->platform) == 0 && f->size.value == row->size.value)
            return;
    }
    if (draft->file_count < BT_IMPORT_FILES)
        draft->files[draft->file_count++] = *row;
}

// --- Rows run together: "Tcpip.sys5.2.3790.2554333,31222-Oct-200504:48x86"

struct joined {
    const char *name;
    const char *prefix; // "5.2.3790."
    const char *digits; // of the revision and the first group of the size: "2554333"
    const char *groups; // the other groups of the size: ",312"
    struct bt_import_file row;
};

static bool is_joined(struct bt_import_cell c)
{
    size_t name = bt_import_file_name(c.text, c.size);
    return name != 0 && name < c.size && bt_is_digit(c.text[name]) &&
           memchr(c.text, ',', c.size) != NULL;
}

static enum bt_status split_joined(struct bt_import_cell c, uint32_t line,
                                   struct bt_arena *arena, struct joined *ret, bool *ok,
                                   struct bt_error *err)
{
    size_t name = bt_import_file_name(c.text, c.size);
    const char *p = c.text + name, *end = c.text + c.size;
    const char *comma = memchr(p, ',', (size_t)(end - p));
    const char *last_dot = NULL;
    *ok = false;
    for (const char *q = p; q < comma; q++) {
        if (*q == '.')
            last_dot = q;
        else if (!bt_is_digit(*q))
            return BT_OK;
    }
    if (last_dot == NULL)
        return BT_OK;
    const char *groups_end = comma;
    while (end - groups_end >= 4 && groups_end[0] == ',' && bt_is_digit(groups_end[1]) &&
           bt_is_digit(groups_end[2]) && bt_is_digit(groups_end[3]))
        groups_end += 4;
    // What follows the size is the date: two digits of the day, or one.
    const char *year = groups_end;
    while (year < end && *year != '-')
        year++;
    if (end - year < 9)
        return BT_OK;
    struct bt_import_cell date = {.text = groups_end, .size = (size_t)(year - groups_end) + 9};
    struct joined j = {.row = {.line = line, .named_in_table = true, .date_only = true}};
    if (!bt_import_cell_date(date, &j.row.date.value))
        return BT_OK;
    j.row.date.known = true;
    const char *rest = date.text + date.size;
    unsigned minutes;
    if (end - rest >= 5 &&
        bt_import_cell_clock((struct bt_import_cell){.text = rest, .size = 5}, &minutes)) {
        j.row.date.value += (uint64_t)minutes * 60 * BT_TICKS_PER_SECOND;
        j.row.date_only = false;
        rest += 5;
    }
    j.row.platform = bt_import_cell_platform(
        (struct bt_import_cell){.text = rest, .size = (size_t)(end - rest)});
    BT_TRY(bt_arena_text(arena, c.text, name, &j.name, err));
    BT_TRY(bt_arena_text(arena, p, (size_t)(last_dot + 1 - p), &j.prefix, err));
    BT_TRY(bt_arena_text(arena, last_dot + 1, (size_t)(comma - last_dot - 1), &j.digits, err));
    BT_TRY(bt_arena_text(arena, comma, (size_t)(groups_end - comma), &j.groups, err));
    *ok = true;
    *ret = j;
    return BT_OK;
}

// The revision when the last `size_digits` of the digits belong to the size.
static bool revision_of(const struct joined *j, size_t size_digits, uint32_t *ret)
{
    size_t length = strlen(j->digits);
    uint64_t value;
    if (size_digits >= length || j->digits[length - size_digits] == '0' ||
        (j->digits[0] == '0' && length - size_digits > 1) ||
        !bt_parse_u64(j->digits, length - size_digits, &value) || value > 0xffff)
        return false;
    *ret = (uint32_t)value;
    return true;
}

static bool allows_revision(const struct joined *j, uint32_t revision, size_t *ret_size_digits)
{
    for (size_t k = 1; k <= 3; k++) {
        uint32_t r;
        if (revision_of(j, k, &r) && r == revision) {
            *ret_size_digits = k;
            return true;
        }
    }
    return false;
}

static bool same_version_prefix(const struct joined *a, const struct joined *b)
{
    return bt_ieq(a->name, b->name) && strcmp(a->prefix, b->prefix) == 0;
}

// The revisions of row `j` that all rows of the same file allow. One row alone may split in two
// or three ways; the platforms of one fix share their version, so mostly one way is common.
static size_t common_revisions(const struct joined *rows, size_t count, const struct joined *j,
                               uint32_t ret[REVISION_CANDIDATES])
{
    size_t found = 0;
    for (size_t k = 1; k <= 3; k++) {
        uint32_t revision;
        size_t size_digits;
        bool common = revision_of(j, k, &revision);
        for (size_t i = 0; i < count && common; i++)
            common = !same_version_prefix(&rows[i], j) ||
                     allows_revision(&rows[i], revision, &size_digits);
        if (common)
            ret[found++] = revision;
    }
    return found;
}

static enum bt_status resolve_joined(const struct joined *rows, size_t count,
                                     const struct joined *j, struct bt_arena *arena,
                                     struct bt_import_draft *draft, struct bt_error *err)
{
    uint32_t revisions[REVISION_CANDIDATES];
    size_t n = common_revisions(rows, count, j, revisions);
    struct bt_import_file row = j->row;
    row.name = j->name;
    if (n != 1) {
        bt_import_doubt(
            draft, arena, row.line,
            "the cells of %s run together and split in %zu ways (%s%s%s): version and "
            "size are left out",
            j->name, n, j->prefix, j->digits, j->groups);
        add_row(draft, &row);
        return BT_OK;
    }
    size_t size_digits = 0;
    (void)allows_revision(j, revisions[0], &size_digits);
    const char *size_text;
    BT_TRY(bt_arena_printf(arena, &row.version, err, "%s%" PRIu32, j->prefix, revisions[0]));
    BT_TRY(bt_arena_printf(arena, &size_text, err, "%s%s",
                           j->digits + strlen(j->digits) - size_digits, j->groups));
    row.size.known = bt_import_cell_size(
        (struct bt_import_cell){.text = size_text, .size = strlen(size_text)}, &row.size.value);
    add_row(draft, &row);
    return BT_OK;
}

static enum bt_status read_joined_rows(const struct bt_import_lines *lines,
                                       struct bt_arena *arena, struct bt_import_draft *draft,
                                       struct bt_error *err)
{
    struct joined *rows;
    size_t count = 0;
    BT_TRY(bt_arena_alloc(arena, BT_IMPORT_FILES, sizeof *rows, &rows, err));
    for (size_t i = 0; i < lines->count && count < BT_IMPORT_FILES; i++) {
        struct bt_import_cell c = {.text = lines->items[i].text, .size = lines->items[i].size};
        bool ok = false;
        if (is_joined(c) && memchr(c.text, ' ', c.size) == NULL)
            BT_TRY(split_joined(c, lines->items[i].number, arena, &rows[count], &ok, err));
        count += ok;
    }
    for (size_t i = 0; i < count; i++)
        BT_TRY(resolve_joined(rows, count, &rows[i], arena, draft, err));
    return BT_OK;
}

// --- One cell a line

static bool is_single_file_name(const struct bt_import_line *line)
{
    return line->size != 0 && bt_import_file_name(line->text, line->size) == line->size;
}

static bool is_cell(const struct bt_import_line *line)
{
    bt_filetime date;
    unsigned minutes;
    uint32_t size;
    struct bt_import_cell c = {.text = line->text, .size = line->size};
    return bt_import_is_version(c) || bt_import_cell_date(c, &date) ||
           bt_import_cell_clock(c, &minutes) || bt_import_cell_size(c, &size) ||
           bt_import_cell_platform(c) != NULL;
}

// Gathers the lines behind a file name that are cells; blank lines stand between them.
static size_t gather_cells(const struct bt_import_lines *lines, size_t at,
                           struct bt_import_cell cells[CELLS_MAX])
{
    size_t count = 0;
    cells[count++] =
        (struct bt_import_cell){.text = lines->items[at].text, .size = lines->items[at].size};
    for (size_t i = at + 1; i < lines->count && i <= at + 24 && count < 6; i++) {
        const struct bt_import_line *line = &lines->items[i];
        if (line->size == 0)
            continue;
        if (!is_cell(line))
            break;
        cells[count++] = (struct bt_import_cell){.text = line->text, .size = line->size};
    }
    return count;
}

enum bt_status bt_import_files_read(const struct bt_import_lines *lines, struct bt_arena *arena,
                                    struct bt_import_draft *draft, struct bt_error *err)
{
    BT_TRY(read_joined_rows(lines, arena, draft, err));
    for (size_t i = 0; i < lines->count; i++) {
        const struct bt_import_line *line = &lines->items[i];
        struct bt_import_cell cells[CELLS_MAX];
        size_t count = is_single_file_name(line) ? gather_cells(lines, i, cells)
                                                 : split_cells(line->text, line->size, cells);
        struct bt_import_file row;
        bool is_row;
        BT_TRY(read_cells(cells, count, line->number, arena, &row, &is_row, err));
        if (is_row)
            add_row(draft, &row);
    }
    return BT_OK;
}
