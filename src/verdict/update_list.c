// SPDX-License-Identifier: MIT
#include "verdict/update_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "verdict/list_text.h"

// A list whose columns or keys are those of WMI's Win32_QuickFixEngineering, which nobody
// translates.
enum table { TABLE_NONE, TABLE_COLUMNS, TABLE_FIELDS };

// A package of dism, until its state is known.
struct package {
    uint32_t number, line;
    struct bt_piece state; // as written, in the language of the machine; empty: not said
};

struct reader {
    struct bt_update_list *list;
    struct bt_list_text text;
    struct bt_arena *arena;
    struct bt_error *err;
    size_t capacity;
    enum table table;
    size_t id_column, host_column; // in characters, or in fields; SIZE_MAX: none
    // The values before: systeminfo has the host, the name of the system, and its version.
    struct bt_piece before[2];
    // dism
    struct package *packages;
    size_t package_count;
    bool state_comes;         // the next labelled line says the state of the last package
    struct bt_piece in_place; // the state of the package that every system has
    bool foundation_comes;
    size_t versions;
};

static enum bt_status add(struct reader *r, uint32_t number)
{
    if (r->list->count == BT_LIMIT_UPDATES)
        return BT_OK;
    r->list->updates[r->list->count++] =
        (struct bt_update){.number = number, .line = r->text.line};
    return BT_OK;
}

static enum bt_status keep_host(struct reader *r, struct bt_piece host)
{
    struct bt_span raw = {.data = (const uint8_t *)host.text, .size = host.size};
    if (host.size == 0 || host.size > BT_LIMIT_NAME || r->list->host != NULL)
        return BT_OK;
    return bt_text_bytes(raw, r->arena, &r->list->host, r->err);
}

// ---- systeminfo

// "    [01]: KB2479943", also several in one field: "3 Hotfix(s) Installed.,[01]: KB2479943,".
static enum bt_status take_numbered(struct reader *r, struct bt_piece line)
{
    for (size_t i = 0; i < line.size; i++) {
        if (line.text[i] != '[')
            continue;
        size_t end = i + 1;
        while (end < line.size && bt_is_digit(line.text[end]))
            end++;
        struct bt_piece rest = bt_piece_from(line, end);
        uint32_t number;
        size_t size;
        if (end == i + 1 || !bt_piece_starts(rest, "]:"))
            continue;
        if (bt_piece_update(bt_piece_trim(bt_piece_from(rest, 2)), &number, &size))
            BT_TRY(add(r, number));
    }
    return BT_OK;
}

// "6.1.7601 Service Pack 1 Build 7601": begins with the build and ends with it, whatever the
// words between are.
static bool is_system_version(struct bt_piece value, uint32_t *ret_build)
{
    struct bt_piece rest;
    uint32_t again = 0;
    if (!bt_piece_build(value, ret_build, &rest) || rest.size == 0 || rest.text[0] != ' ')
        return false;
    size_t start = rest.size;
    while (start > 0 && bt_is_digit(rest.text[start - 1]))
        start--;
    for (size_t i = start; i < rest.size && rest.size - start < 7; i++)
        again = again * 10 + (uint32_t)(rest.text[i] - '0');
    return again == *ret_build;
}

static void take_architecture(struct reader *r, struct bt_piece value)
{
    static const struct {
        const char *word;
        enum bt_arch arch;
    } words[] = {{"x64-", BT_ARCH_X64},
                 {"x86-", BT_ARCH_X86},
                 {"arm64-", BT_ARCH_ARM64},
                 {"itanium-", BT_ARCH_IA64}};
    for (size_t i = 0; i < BT_COUNT(words); i++) {
        if (r->list->arch == BT_ARCH_UNKNOWN && bt_piece_starts(value, words[i].word))
            r->list->arch = words[i].arch;
    }
}

static enum bt_status take_system(struct reader *r, struct bt_piece value)
{
    struct bt_piece host = r->before[0];
    uint32_t build;
    r->before[0] = r->before[1];
    r->before[1] = value;
    if (r->list->form != NULL) {
        take_architecture(r, value);
        return BT_OK;
    }
    if (!is_system_version(value, &build))
        return BT_OK;
    r->list->form = "systeminfo";
    r->list->build = bt_some32(build);
    return keep_host(r, host);
}

// The same in one line of comma-separated values.
static enum bt_status take_system_fields(struct reader *r, struct bt_piece line)
{
    struct bt_piece fields[3];
    uint32_t build;
    size_t count = 0;
    while (count < BT_COUNT(fields) && bt_piece_next_field(&line, &fields[count]))
        count++;
    if (count < BT_COUNT(fields) || !is_system_version(fields[2], &build))
        return BT_OK;
    r->list->form = "systeminfo";
    r->list->build = bt_some32(build);
    struct bt_piece field;
    while (bt_piece_next_field(&line, &field))
        take_architecture(r, field);
    return keep_host(r, fields[0]);
}

// ---- wmic qfe, Get-HotFix

#define ID_COLUMN "HotFixID"
static const char *const host_columns[] = {"CSName", "Source", "PSComputerName", "Node"};

static bool take_header(struct reader *r, struct bt_piece line)
{
    static const char *const others[] = {"InstalledOn", "InstalledBy", "Description",
                                         "ServicePackInEffect"};
    bool header = bt_piece_is(bt_piece_trim(line), ID_COLUMN);
    if (bt_piece_find(line, ID_COLUMN) == line.size)
        return false;
    for (size_t i = 0; i < BT_COUNT(others); i++)
        header |= bt_piece_find(line, others[i]) < line.size;
    if (!header)
        return false;
    size_t (*find)(struct bt_piece, const char *) = bt_piece_find_column;
    r->table = TABLE_COLUMNS;
    if (memchr(line.text, ',', line.size) != NULL) {
        find = bt_piece_find_field;
        r->table = TABLE_FIELDS;
    }
    r->id_column = find(line, ID_COLUMN);
    r->host_column = SIZE_MAX;
    for (size_t i = 0; i < BT_COUNT(host_columns) && r->host_column == SIZE_MAX; i++)
        r->host_column = find(line, host_columns[i]);
    if (r->id_column == SIZE_MAX)
        r->table = TABLE_NONE;
    return r->table != TABLE_NONE;
}

static struct bt_piece cell(const struct reader *r, struct bt_piece line, size_t column)
{
    struct bt_piece field = {0};
    if (column == SIZE_MAX)
        return field;
    if (r->table == TABLE_COLUMNS)
        return bt_piece_first_word(bt_piece_from_column(line, column));
    for (size_t i = 0; i <= column; i++) {
        if (!bt_piece_next_field(&line, &field))
            return (struct bt_piece){0};
    }
    return field;
}

static enum bt_status take_row(struct reader *r, struct bt_piece line)
{
    uint32_t number;
    size_t size;
    if (r->table == TABLE_NONE || !bt_piece_update(cell(r, line, r->id_column), &number, &size))
        return BT_OK;
    BT_TRY(add(r, number));
    return keep_host(r, cell(r, line, r->host_column));
}

// "HotFixID=KB982861", "HotFixID            : KB982861"
static enum bt_status take_property(struct reader *r, struct bt_piece label,
                                    struct bt_piece value)
{
    uint32_t number;
    size_t size;
    for (size_t i = 0; i < BT_COUNT(host_columns); i++) {
        if (r->list->count != 0 && bt_piece_is(label, host_columns[i]))
            return keep_host(r, value);
    }
    if (!bt_piece_is(label, ID_COLUMN))
        return BT_OK;
    r->list->form = "wmic or Get-HotFix";
    return bt_piece_update(value, &number, &size) ? add(r, number) : BT_OK;
}

// ---- dism /get-packages, Get-WindowsPackage

// "Package_for_KB2479943~31bf...", "Package_2_for_KB976932_SP1~..."
static bool is_package(struct bt_piece name, uint32_t *ret)
{
    size_t at = bt_piece_find(name, "for_KB"), size;
    return bt_piece_starts(name, "Package_") && at < name.size &&
           bt_piece_update(bt_piece_from(name, strlen("for_") + at), ret, &size);
}

static void add_package(struct reader *r, struct bt_piece name, struct bt_piece state)
{
    uint32_t number;
    if (r->package_count == BT_LIMIT_UPDATES || !is_package(name, &number))
        return;
    r->packages[r->package_count++] =
        (struct package){.number = number, .line = r->text.line, .state = state};
    r->state_comes = state.size == 0;
}

static bool is_foundation(struct bt_piece name)
{
    return bt_piece_starts(name, "Microsoft-Windows-Foundation-Package~");
}

// "Package_for_KB... | Installed | Update | 3/1/2012 5:00 AM"
static void take_package_row(struct reader *r, struct bt_piece line)
{
    const char *bar = memchr(line.text, '|', line.size);
    if (bar == NULL)
        return;
    size_t at = (size_t)(bar - line.text);
    struct bt_piece name = bt_piece_trim((struct bt_piece){line.text, at});
    struct bt_piece rest = bt_piece_from(line, at + 1);
    bar = memchr(rest.text, '|', rest.size);
    if (bar != NULL)
        rest.size = (size_t)(bar - rest.text);
    if (is_foundation(name))
        r->in_place = bt_piece_trim(rest);
    add_package(r, name, bt_piece_trim(rest));
}

static void take_package(struct reader *r, struct bt_piece value)
{
    uint32_t build;
    struct bt_piece rest;
    if (r->foundation_comes)
        r->in_place = value;
    if (r->state_comes)
        r->packages[r->package_count - 1].state = value;
    r->state_comes = false;
    r->foundation_comes = is_foundation(value);
    add_package(r, value, (struct bt_piece){0});
    // The first version is that of the tool, the second that of the system.
    if (r->list->form == NULL && bt_piece_build(value, &build, &rest) &&
        r->package_count == 0 && ++r->versions == 2)
        r->list->build = bt_some32(build);
}

static bool is_same(struct bt_piece a, struct bt_piece b)
{
    return a.size == b.size && a.size != 0 && memcmp(a.text, b.text, a.size) == 0;
}

// What is staged, or on its way in or out, is not in place; what a later package has superseded
// is, in its later form. In other languages the word is that of the package that is always
// there.
static bool is_in_place(const struct reader *r, const struct package *package)
{
    return bt_piece_is(package->state, "Installed") ||
           bt_piece_is(package->state, "Superseded") || is_same(package->state, r->in_place);
}

static enum bt_status add_packages(struct reader *r)
{
    if (r->package_count != 0)
        r->list->form = "dism";
    for (size_t i = 0; i < r->package_count; i++) {
        if (!is_in_place(r, &r->packages[i]))
            continue;
        r->text.line = r->packages[i].line;
        BT_TRY(add(r, r->packages[i].number));
    }
    return BT_OK;
}

// ---- msinfo32: <Item><![CDATA[Version]]></Item><Value><![CDATA[6.1.7601 ...]]></Value>

#define CELL "<![CDATA["

static enum bt_status take_cells(struct reader *r, struct bt_piece line)
{
    struct bt_piece label = {0};
    for (;;) {
        line = bt_piece_from(line, bt_piece_find(line, CELL));
        if (line.size == 0)
            return BT_OK;
        line = bt_piece_from(line, strlen(CELL));
        struct bt_piece value = {line.text, bt_piece_find(line, "]]>")};
        uint32_t number;
        size_t size;
        r->list->form = "msinfo32";
        if (bt_piece_update(value, &number, &size))
            BT_TRY(add(r, number));
        if (!r->list->build.known && is_system_version(value, &number))
            r->list->build = bt_some32(number);
        if (bt_piece_is(label, "System Name"))
            BT_TRY(keep_host(r, value));
        label = value;
    }
}

// ---- all together

static enum bt_status take_line(struct reader *r, struct bt_piece line)
{
    struct bt_piece label, value;
    if (line.size == 0)
        return BT_OK;
    if (bt_piece_find(line, CELL) < line.size)
        return take_cells(r, line);
    BT_TRY(take_numbered(r, line));
    bool split = bt_piece_split(line, &label, &value);
    if (split && bt_piece_is(label, ID_COLUMN))
        return take_property(r, label, value);
    if (take_header(r, line)) {
        r->list->form = "wmic or Get-HotFix";
        return BT_OK;
    }
    BT_TRY(take_row(r, line));
    if (r->list->form == NULL)
        BT_TRY(take_system_fields(r, line));
    if (memchr(line.text, '|', line.size) != NULL)
        take_package_row(r, line);
    if (!split)
        return BT_OK;
    take_package(r, value);
    BT_TRY(take_system(r, value));
    return take_property(r, label, value);
}

static int compare_updates(const void *a, const void *b)
{
    const struct bt_update *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static void sort(struct bt_update_list *list)
{
    size_t kept = 0;
    if (list->count != 0)
        qsort(list->updates, list->count, sizeof *list->updates, compare_updates);
    for (size_t i = 0; i < list->count; i++) {
        if (kept == 0 || list->updates[kept - 1].number != list->updates[i].number)
            list->updates[kept++] = list->updates[i];
    }
    list->count = kept;
}

// A machine without updates is one that systeminfo says so of. Files of msinfo32 mostly have no
// updates in them, and a table without rows was not understood.
static bool tells_updates(const struct reader *r)
{
    const char *form = r->list->form;
    return form != NULL &&
           (r->list->count != 0 || r->package_count != 0 || strcmp(form, "systeminfo") == 0);
}

static enum bt_status read_all(struct reader *r)
{
    struct bt_piece line;
    BT_TRY(bt_arena_alloc(r->arena, BT_LIMIT_UPDATES, sizeof *r->list->updates,
                          &r->list->updates, r->err));
    BT_TRY(
        bt_arena_alloc(r->arena, BT_LIMIT_UPDATES, sizeof *r->packages, &r->packages, r->err));
    while (bt_list_text_next(&r->text, &line))
        BT_TRY(take_line(r, line));
    BT_TRY(add_packages(r));
    sort(r->list);
    return tells_updates(r) ? BT_OK : BT_ABSENT;
}

enum bt_status bt_update_list_parse(struct bt_span bytes, struct bt_arena *arena,
                                    struct bt_update_list *ret, struct bt_error *err)
{
    struct reader r = {.list = ret, .arena = arena, .err = err};
    *ret = (struct bt_update_list){0};
    BT_TRY(bt_list_text_open(bytes, arena, &r.text, err));
    return read_all(&r);
}
