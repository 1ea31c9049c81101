// SPDX-License-Identifier: MIT
//
// Tab-separated tables: the first line names the columns, lines that begin with '#' are
// comments, values hold no tabs.
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kb/compiler.h"
#include "kb/words.h"

enum { MAX_COLUMNS = 8 };

// One line, split. Absent values are NULL.
struct line {
    struct bt_kb_place place;
    const char *cells[MAX_COLUMNS];
    uint32_t columns[MAX_COLUMNS]; // where each begins, from 1
};

struct table {
    const char *file;    // base name
    const char *columns; // as the first line has to be
    enum bt_kb_section section;
    void (*read)(struct bt_kb_compiler *c, const struct table *table, const struct line *line);
};

static struct bt_kb_place cell_place(const struct line *line, size_t cell)
{
    struct bt_kb_place place = line->place;
    place.column = line->columns[cell];
    return place;
}

static bool need_cells(struct bt_kb_compiler *c, const struct line *line, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (line->cells[i] == NULL) {
            bt_kb_complain(c->diagnostics, cell_place(line, i), "column %zu is empty", i + 1);
            return false;
        }
    }
    return true;
}

static bool read_cell_number(struct bt_kb_compiler *c, const struct line *line, size_t cell,
                             uint32_t *ret)
{
    uint64_t value = 0;
    const char *text = line->cells[cell];
    if (!bt_parse_u64(text, strlen(text), &value) || value > UINT32_MAX) {
        bt_kb_complain(c->diagnostics, cell_place(line, cell),
                       "a 32-bit number is expected here, not \"%s\"", text);
        return false;
    }
    *ret = (uint32_t)value;
    return true;
}

static bool read_cell_word(struct bt_kb_compiler *c, const struct line *line, size_t cell,
                           const char *what, const struct bt_kb_words *words, size_t *ret)
{
    if (bt_kb_word_find(words, line->cells[cell], ret))
        return true;
    bt_kb_complain_unknown(c, cell_place(line, cell), what, line->cells[cell], words);
    return false;
}

// "SP2", "SP6a", "RTM" (0), or absent (BT_KB_NONE).
static bool read_cell_sp(struct bt_kb_compiler *c, const struct line *line, size_t cell,
                         uint32_t *ret)
{
    const char *text = line->cells[cell];
    *ret = BT_KB_NONE;
    if (text == NULL)
        return true;
    if (bt_ieq(text, "RTM")) {
        *ret = 0;
        return true;
    }
    if (strlen(text) >= 3 && bt_ieq_n(text, "SP", 2) && bt_is_digit(text[2])) {
        *ret = (uint32_t)(text[2] - '0');
        return true;
    }
    bt_kb_complain(c->diagnostics, cell_place(line, cell),
                   "a service pack (RTM, SP1, ...) is expected here, not \"%s\"", text);
    return false;
}

static uint32_t put_cell(struct bt_kb_compiler *c, const struct line *line, size_t cell)
{
    return bt_kb_writer_text(&c->writer, line->cells[cell]);
}

static void read_status(struct bt_kb_compiler *c, const struct table *table,
                        const struct line *line)
{
    bool has_severity = table->section == BT_KB_STATUS_NT;
    uint32_t row[STATUS_WORDS] = {0};
    if (!need_cells(c, line, 2) || !read_cell_number(c, line, 0, &row[STATUS_VALUE]))
        return;
    row[STATUS_NAME] = put_cell(c, line, 1);
    row[STATUS_TEXT] = put_cell(c, line, has_severity ? 3 : 2);
    if (table->section != BT_KB_STATUS_WIN32)
        bt_kb_add_status_name(c, line->cells[1], row[STATUS_VALUE]);
    bt_kb_stage_row(c, table->section, NULL, cell_place(line, 0), row);
}

static void read_exception_parameter(struct bt_kb_compiler *c, const struct table *table,
                                     const struct line *line)
{
    uint32_t row[EXCEPTION_PARAMETER_WORDS] = {0};
    size_t kind = 0;
    if (!need_cells(c, line, 4) ||
        !read_cell_number(c, line, 0, &row[EXCEPTION_PARAMETER_CODE]) ||
        !read_cell_number(c, line, 1, &row[EXCEPTION_PARAMETER_P]) ||
        !read_cell_word(c, line, 3, "kind", &bt_kb_parameter_kinds, &kind))
        return;
    if (row[EXCEPTION_PARAMETER_P] < 1 || row[EXCEPTION_PARAMETER_P] > 15) {
        bt_kb_complain(c->diagnostics, cell_place(line, 1),
                       "an exception has parameters 1 to 15");
        return;
    }
    row[EXCEPTION_PARAMETER_IS] = put_cell(c, line, 2);
    row[EXCEPTION_PARAMETER_KIND] =
        bt_kb_writer_text(&c->writer, bt_kb_parameter_kinds.items[kind]);
    bt_kb_stage_row(c, table->section, NULL, cell_place(line, 0), row);
}

static void read_driver(struct bt_kb_compiler *c, const struct table *table,
                        const struct line *line)
{
    uint32_t row[DRIVER_WORDS] = {0};
    size_t role = 0;
    if (!need_cells(c, line, 1))
        return;
    if (line->cells[3] == NULL) {
        bt_kb_complain(c->diagnostics, cell_place(line, 3), "column 4 is empty");
        return;
    }
    const char *file = bt_kb_clean_file(c, cell_place(line, 0), line->cells[0]);
    if (file == NULL || !read_cell_word(c, line, 3, "role", &bt_kb_roles, &role))
        return;
    row[DRIVER_FILE] = bt_kb_writer_text(&c->writer, file);
    row[DRIVER_VENDOR] = put_cell(c, line, 1);
    row[DRIVER_PRODUCT] = put_cell(c, line, 2);
    row[DRIVER_ROLE] = (uint32_t)role;
    bt_kb_stage_row(c, table->section, file, cell_place(line, 0), row);
}

static void read_alias(struct bt_kb_compiler *c, const struct table *table,
                       const struct line *line)
{
    uint32_t row[ALIAS_WORDS] = {0};
    if (!need_cells(c, line, 2))
        return;
    const char *file = bt_kb_clean_file(c, cell_place(line, 0), line->cells[0]);
    const char *alias = bt_kb_clean_file(c, cell_place(line, 1), line->cells[1]);
    if (file == NULL || alias == NULL)
        return;
    row[ALIAS_ALIAS] = bt_kb_writer_text(&c->writer, alias);
    row[ALIAS_FILE] = bt_kb_writer_text(&c->writer, file);
    bt_kb_stage_row(c, table->section, alias, cell_place(line, 1), row);
}

static void read_filter(struct bt_kb_compiler *c, const struct table *table,
                        const struct line *line)
{
    uint32_t row[FILTER_WORDS] = {0};
    size_t filter_class = 0;
    if (!need_cells(c, line, 2))
        return;
    const char *file = bt_kb_clean_file(c, cell_place(line, 0), line->cells[0]);
    if (file == NULL ||
        !read_cell_word(c, line, 1, "filter class", &bt_kb_filter_classes, &filter_class))
        return;
    row[FILTER_FILE] = bt_kb_writer_text(&c->writer, file);
    row[FILTER_CLASS] = bt_kb_writer_text(&c->writer, bt_kb_filter_classes.items[filter_class]);
    row[FILTER_ALTITUDE] = put_cell(c, line, 2);
    bt_kb_stage_row(c, table->section, file, cell_place(line, 0), row);
}

static void read_system_place(struct bt_kb_compiler *c, const struct table *table,
                              const struct line *line)
{
    uint32_t row[SYSTEM_PLACE_WORDS] = {0};
    size_t system = 0, kind = 0;
    if (!need_cells(c, line, 3) ||
        !read_cell_word(c, line, 0, "system", &bt_kb_place_systems, &system) ||
        !read_cell_word(c, line, 1, "kind of place", &bt_kb_place_kinds, &kind))
        return;
    row[SYSTEM_PLACE_SYSTEM] = (uint32_t)system;
    row[SYSTEM_PLACE_KIND] = (uint32_t)kind;
    row[SYSTEM_PLACE_TEXT] = put_cell(c, line, 2);
    bt_kb_stage_row(c, table->section, NULL, cell_place(line, 0), row);
}

static const char *const product_type_items[] = {"any", "workstation", "server"};
static const struct bt_kb_words product_types = {product_type_items,
                                                 BT_COUNT(product_type_items)};

static void read_product(struct bt_kb_compiler *c, const struct table *table,
                         const struct line *line)
{
    uint32_t row[PRODUCT_WORDS] = {0};
    size_t type = 0, arch = 0;
    if (!need_cells(c, line, 5) || !read_cell_number(c, line, 0, &row[PRODUCT_BUILD]) ||
        !read_cell_word(c, line, 1, "product type", &product_types, &type) ||
        !read_cell_sp(c, line, 6, &row[PRODUCT_SP]))
        return;
    row[PRODUCT_TYPES] = type == 0 ? BT_KB_WORKSTATION | BT_KB_SERVER : (uint32_t)type;
    row[PRODUCT_ARCH] = BT_KB_NONE;
    if (!bt_ieq(line->cells[2], "any")) {
        if (!read_cell_word(c, line, 2, "architecture", &bt_kb_architectures, &arch))
            return;
        row[PRODUCT_ARCH] = (uint32_t)arch;
    }
    row[PRODUCT_NT] = put_cell(c, line, 3);
    row[PRODUCT_NAME] = put_cell(c, line, 4);
    row[PRODUCT_SHORT] = put_cell(c, line, 5);
    bt_kb_stage_row(c, table->section, NULL, cell_place(line, 0), row);
}

static void read_branch(struct bt_kb_compiler *c, const struct table *table,
                        const struct line *line)
{
    uint32_t row[BRANCH_WORDS] = {0};
    bt_file_version from = 0, to = 0;
    if (!need_cells(c, line, 4) || !read_cell_sp(c, line, 4, &row[BRANCH_SP]))
        return;
    if (!bt_parse_file_version(line->cells[1], &from) ||
        !bt_parse_file_version(line->cells[2], &to) || to < from) {
        bt_kb_complain(c->diagnostics, cell_place(line, 1),
                       "two file versions in rising order are expected here");
        return;
    }
    row[BRANCH_FAMILY] = put_cell(c, line, 0);
    bt_kb_put_wide(row, BRANCH_FROM, from);
    bt_kb_put_wide(row, BRANCH_TO, to);
    row[BRANCH_PRODUCT] = put_cell(c, line, 3);
    row[BRANCH_BRANCH] = put_cell(c, line, 5);
    row[BRANCH_NOTE] = put_cell(c, line, 6);
    bt_kb_stage_row(c, table->section, NULL, cell_place(line, 0), row);
}

// Stop codes without a page of their own: name, class, blame, and perhaps a sentence.
static void read_undocumented(struct bt_kb_compiler *c, const struct table *table,
                              const struct line *line)
{
    uint32_t row[STOP_WORDS] = {0};
    size_t stop_class = 0, blame = 0;
    if (!need_cells(c, line, 4) || !read_cell_number(c, line, 0, &row[STOP_CODE]) ||
        !read_cell_word(c, line, 2, "class", &bt_kb_stop_classes, &stop_class) ||
        !read_cell_word(c, line, 3, "blame", &bt_kb_blames, &blame))
        return;
    row[STOP_NAME] = put_cell(c, line, 1);
    row[STOP_SAYS] = put_cell(c, line, 4);
    row[STOP_CLASS] = bt_kb_writer_text(&c->writer, bt_kb_stop_classes.items[stop_class]);
    row[STOP_BLAME] = bt_kb_writer_text(&c->writer, bt_kb_blames.items[blame]);
    row[STOP_LIVE] = strcmp(bt_kb_stop_classes.items[stop_class], "livedump") == 0;
    row[STOP_SOURCE] = bt_kb_writer_text(&c->writer, c->source);
    row[STOP_LINE] = line->place.line;
    bt_kb_stage_row(c, table->section, NULL, cell_place(line, 0), row);
}

static const struct table tables[] = {
    {"ntstatus.tsv", "value\tname\tseverity\ttext", BT_KB_STATUS_NT, read_status},
    {"exceptions.tsv", "value\tname\ttext", BT_KB_STATUS_EXCEPTION, read_status},
    {"exception-parameters.tsv", "code\tp\tis\tkind", BT_KB_EXCEPTION_PARAMETERS,
     read_exception_parameter},
    {"failfast.tsv", "value\tname\ttext", BT_KB_STATUS_FAILFAST, read_status},
    {"win32.tsv", "value\tname\ttext", BT_KB_STATUS_WIN32, read_status},
    {"fills.tsv", "value\tname\ttext", BT_KB_STATUS_FILL, read_status},
    {"modules.tsv", "file\tvendor\tproduct\trole", BT_KB_DRIVERS, read_driver},
    {"aliases.tsv", "file\talias", BT_KB_ALIASES, read_alias},
    {"filter-classes.tsv", "file\tclass\taltitude", BT_KB_FILTERS, read_filter},
    {"system-places.tsv", "system\tkind\ttext", BT_KB_SYSTEM_PLACES, read_system_place},
    {"products.tsv", "build\tproduct_type\tarch\tnt\tname\tshort\tservice_pack", BT_KB_PRODUCTS,
     read_product},
    {"branches.tsv", "family\tversion_from\tversion_to\tproduct\tservice_pack\tbranch\tnote",
     BT_KB_BRANCHES, read_branch},
    {"undocumented.tsv", "code\tname\tclass\tblame\tsays", BT_KB_STOPS, read_undocumented},
};

// Takes one line off `source` at *at: without its end, without a CR. NULL bytes and control
// characters are refused by the caller, who sees them.
static struct bt_span take_line(struct bt_span source, size_t *at)
{
    const uint8_t *start = &source.data[*at];
    const uint8_t *end = memchr(start, '\n', source.size - *at);
    size_t size = end != NULL ? (size_t)(end - start) : source.size - *at;
    *at += size + (end != NULL);
    if (size > 0 && start[size - 1] == '\r')
        size--;
    return (struct bt_span){.data = start, .size = size};
}

static bool is_clean(struct bt_span line)
{
    for (size_t i = 0; i < line.size; i++) {
        if ((line.data[i] < 0x20 && line.data[i] != '\t') || line.data[i] == 0x7f)
            return false;
    }
    for (size_t i = 0; i < line.size;) {
        uint32_t code_point = 0;
        size_t size = bt_utf8_decode((const char *)&line.data[i], line.size - i, &code_point);
        if (size == 1 && line.data[i] >= 0x80)
            return false;
        i += size;
    }
    return true;
}

static bool split_line(struct bt_kb_compiler *c, struct bt_span text, struct line *ret)
{
    size_t start = 0, cell = 0;
    for (size_t i = 0; i <= text.size; i++) {
        if (i < text.size && text.data[i] != '\t')
            continue;
        if (cell == MAX_COLUMNS) {
            bt_kb_complain(c->diagnostics, ret->place, "too many columns");
            return false;
        }
        ret->columns[cell] = (uint32_t)start + 1;
        if (i > start && bt_arena_text(c->file_arena, (const char *)&text.data[start],
                                       i - start, &ret->cells[cell], NULL) != BT_OK) {
            c->out_of_memory = true;
            return false;
        }
        cell++;
        start = i + 1;
    }
    for (; cell < MAX_COLUMNS; cell++)
        ret->columns[cell] = (uint32_t)text.size + 1;
    return true;
}

static bool is_header(const struct table *table, struct bt_span line)
{
    return line.size == strlen(table->columns) &&
           memcmp(line.data, table->columns, line.size) == 0;
}

static void complain_header(struct bt_kb_compiler *c, const struct table *table,
                            struct bt_kb_place place)
{
    char columns[128] = "";
    for (size_t i = 0; table->columns[i] != '\0' && i + 1 < sizeof columns; i++)
        columns[i] = table->columns[i] == '\t' ? ' ' : table->columns[i];
    bt_kb_complain(c->diagnostics, place,
                   "the first line must name the columns, tabs between them: %s", columns);
}

static void read_lines(struct bt_kb_compiler *c, const struct table *table,
                       struct bt_span source)
{
    uint32_t number = 0;
    for (size_t at = 0; at < source.size;) {
        struct bt_span text = take_line(source, &at);
        struct line line = {.place = {.file = c->file, .line = ++number, .column = 1}};
        if (number == 1 && !is_header(table, text)) {
            complain_header(c, table, line.place);
            return;
        }
        if (number == 1 || text.size == 0 || text.data[0] == '#')
            continue;
        if (!is_clean(text))
            bt_kb_complain(c->diagnostics, line.place,
                           "the line holds control characters or is no UTF-8");
        else if (split_line(c, text, &line))
            table->read(c, table, &line);
    }
}

bool bt_kb_read_table(struct bt_kb_compiler *c, const char *name, struct bt_span source)
{
    for (size_t i = 0; i < BT_COUNT(tables); i++) {
        if (strcmp(tables[i].file, bt_basename(name)) == 0) {
            read_lines(c, &tables[i], source);
            return true;
        }
    }
    return false;
}
