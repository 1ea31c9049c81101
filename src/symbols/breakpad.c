// SPDX-License-Identifier: MIT
#include "symbols/breakpad.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "symbols/identity.h"

// Kinds of STACK WIN; lists of a file.
enum { FPO_DATA = 0, FRAME_DATA = 4, LISTS = 7 };

// What the lines below a FUNC say of one address.
struct function_lines {
    struct bt_breakpad *breakpad;
    struct bt_arena *arena;
    uint64_t rva;
    struct bt_symbol calls[BT_LIMIT_INLINES]; // by depth, the outermost first
    uint64_t line_of[BT_LIMIT_INLINES];       // where each call stands: line
    uint64_t file_of[BT_LIMIT_INLINES];       // and file
    bool has[BT_LIMIT_INLINES];
    uint64_t line, file;
    bool has_line;
};

// "<kind> <rva> <size> ..."
static void index_frame(struct bt_breakpad *b, const char *text, uint64_t at)
{
    struct bt_named_address entry = {.name = at};
    uint64_t kind;
    if (!bt_breakpad_hex(&text, &kind) || !bt_breakpad_hex(&text, &entry.rva) ||
        !bt_breakpad_hex(&text, &entry.size))
        return;
    entry.rank = entry.size < UINT32_MAX ? (uint32_t)entry.size : UINT32_MAX;
    if (kind == FRAME_DATA)
        bt_name_list_add(&b->frame_data, entry);
    else if (kind == FPO_DATA)
        bt_name_list_add(&b->fpo_data, entry);
}

// Whether a line may be one of those below: most are places of code, which begin with a number.
static bool may_be_indexed(const char *line)
{
    return *line == 'F' || *line == 'P' || *line == 'S' || *line == 'I';
}

static void index_line(struct bt_breakpad *b, const char *line, uint64_t at)
{
    struct bt_named_address entry = {.name = at};
    const char *text;
    if (bt_breakpad_is(line, "FUNC", &text)) {
        bt_breakpad_skip_mark(&text);
        if (bt_breakpad_hex(&text, &entry.rva) && bt_breakpad_hex(&text, &entry.size))
            bt_name_list_add(&b->functions, entry);
    } else if (bt_breakpad_is(line, "PUBLIC", &text)) {
        bt_breakpad_skip_mark(&text);
        if (bt_breakpad_hex(&text, &entry.rva))
            bt_name_list_add(&b->publics, entry);
    } else if (bt_breakpad_is(line, "STACK CFI INIT", &text)) {
        if (bt_breakpad_hex(&text, &entry.rva) && bt_breakpad_hex(&text, &entry.size))
            bt_name_list_add(&b->rules, entry);
    } else if (bt_breakpad_is(line, "STACK WIN", &text)) {
        index_frame(b, text, at);
    } else if (bt_breakpad_is(line, "FILE", &text)) {
        if (bt_breakpad_decimal(&text, &entry.rva))
            bt_name_list_add(&b->files, entry);
    } else if (bt_breakpad_is(line, "INLINE_ORIGIN", &text)) {
        if (bt_breakpad_decimal(&text, &entry.rva))
            bt_name_list_add(&b->origins, entry);
    }
}

static void collect_lists(struct bt_breakpad *b, struct bt_name_list *ret[LISTS])
{
    struct bt_name_list *const lists[LISTS] = {
        &b->functions, &b->publics, &b->rules,   &b->frame_data,
        &b->fpo_data,  &b->files,   &b->origins,
    };
    memcpy(ret, lists, sizeof lists);
}

enum bt_status bt_breakpad_index(struct bt_breakpad *breakpad, struct bt_error *err)
{
    enum bt_status st;
    if (breakpad->indexed)
        return BT_OK;
    breakpad->indexed = true;
    struct bt_breakpad_lines *lines = bt_breakpad_lines_new(breakpad->source, 0, err);
    if (lines == NULL)
        return BT_E_NOMEM;
    while ((st = bt_breakpad_next_line(lines, err)) == BT_OK) {
        if (may_be_indexed(lines->text))
            index_line(breakpad, lines->text, lines->at);
    }
    free(lines);
    struct bt_name_list *lists[LISTS];
    collect_lists(breakpad, lists);
    for (size_t i = 0; i < LISTS; i++)
        bt_name_list_sort(lists[i]);
    return st == BT_ABSENT ? BT_OK : st;
}

// The name on the line of a FILE or INLINE_ORIGIN.
static enum bt_status read_numbered(struct bt_breakpad *b, const struct bt_name_list *list,
                                    uint64_t number, struct bt_arena *arena, const char **ret,
                                    struct bt_error *err)
{
    const struct bt_named_address *found = bt_name_list_find(list, number, 0);
    struct bt_span raw;
    if (found == NULL || found->rva != number)
        return BT_ABSENT;
    BT_TRY(bt_source_view(b->source, found->name, BT_LIMIT_SYMBOL_NAME, arena, &raw, err));
    const uint8_t *end = memchr(raw.data, '\n', raw.size);
    if (end != NULL)
        raw.size = (size_t)(end - raw.data);
    if (raw.size != 0 && raw.data[raw.size - 1] == '\r')
        raw.size--;
    const char *text;
    BT_TRY(bt_text_bytes(raw, arena, &text, err));
    (void)bt_breakpad_word(&text);
    (void)bt_breakpad_word(&text);
    *ret = text;
    return BT_OK;
}

static void read_inline(struct function_lines *f, const char *text)
{
    uint64_t depth, line, file, origin, start, size;
    if (!bt_breakpad_decimal(&text, &depth) || !bt_breakpad_decimal(&text, &line) ||
        !bt_breakpad_decimal(&text, &file) || !bt_breakpad_decimal(&text, &origin) ||
        depth >= BT_LIMIT_INLINES - 1)
        return;
    while (bt_breakpad_hex(&text, &start) && bt_breakpad_hex(&text, &size)) {
        if (f->rva < start || f->rva - start >= size)
            continue;
        struct bt_symbol call = {.function_offset = f->rva - start, .inlined = true};
        if (read_numbered(f->breakpad, &f->breakpad->origins, origin, f->arena, &call.function,
                          NULL) != BT_OK)
            return;
        f->calls[depth] = call;
        f->line_of[depth] = line;
        f->file_of[depth] = file;
        f->has[depth] = true;
        return;
    }
}

// One line below a FUNC; false where the function's lines end.
static bool read_function_line(struct function_lines *f, const char *line)
{
    const char *text = line;
    uint64_t start, size;
    if (bt_breakpad_is(line, "INLINE", &text)) {
        read_inline(f, text);
        return true;
    }
    if (!bt_breakpad_hex(&text, &start) || !bt_breakpad_hex(&text, &size))
        return false;
    if (f->rva >= start && f->rva - start < size)
        f->has_line =
            bt_breakpad_decimal(&text, &f->line) && bt_breakpad_decimal(&text, &f->file);
    return true;
}

// From depths and places to a chain: the line of each function is where the next inner one was
// called, and that of the innermost the address's own.
static void build_chain(struct function_lines *f, const struct bt_symbol *function,
                        struct bt_symbol_chain *ret)
{
    size_t depth = 0;
    while (depth < BT_LIMIT_INLINES - 1 && f->has[depth])
        depth++;
    for (size_t i = 0; i <= depth; i++) {
        struct bt_symbol *out = &ret->items[depth - i];
        bool innermost = i == depth;
        uint64_t file = innermost ? f->file : f->file_of[i];
        *out = i == 0 ? *function : f->calls[i - 1];
        if (innermost && !f->has_line)
            continue;
        if (read_numbered(f->breakpad, &f->breakpad->files, file, f->arena, &out->file, NULL) ==
            BT_OK)
            out->line = (uint32_t)(innermost ? f->line : f->line_of[i]);
    }
    ret->count = depth + 1;
}

static enum bt_status read_function(struct bt_breakpad *b, struct bt_breakpad_lines *lines,
                                    const struct bt_named_address *entry, uint64_t rva,
                                    struct bt_arena *arena, struct bt_symbol_chain *ret,
                                    struct bt_error *err)
{
    struct function_lines f = {.breakpad = b, .arena = arena, .rva = rva};
    struct bt_symbol function = {.function_offset = rva - entry->rva};
    const char *text;
    BT_TRY(bt_breakpad_next_line(lines, err));
    if (!bt_breakpad_is(lines->text, "FUNC", &text))
        return BT_ABSENT;
    bt_breakpad_skip_mark(&text);
    for (int skip = 0; skip < 3; skip++)
        (void)bt_breakpad_word(&text);
    struct bt_span name = {.data = (const uint8_t *)text, .size = strlen(text)};
    BT_TRY(bt_text_bytes(name, arena, &function.function, err));
    while (bt_breakpad_next_line(lines, err) == BT_OK && read_function_line(&f, lines->text))
        continue;
    build_chain(&f, &function, ret);
    return BT_OK;
}

static enum bt_status read_public(struct bt_breakpad_lines *lines,
                                  const struct bt_named_address *entry, uint64_t rva,
                                  struct bt_arena *arena, struct bt_symbol_chain *ret,
                                  struct bt_error *err)
{
    struct bt_symbol symbol = {.function_offset = rva - entry->rva, .kind = BT_SYMBOL_PUBLIC};
    const char *text;
    BT_TRY(bt_breakpad_next_line(lines, err));
    if (!bt_breakpad_is(lines->text, "PUBLIC", &text))
        return BT_ABSENT;
    bt_breakpad_skip_mark(&text);
    (void)bt_breakpad_word(&text);
    (void)bt_breakpad_word(&text);
    struct bt_span name = {.data = (const uint8_t *)text, .size = strlen(text)};
    BT_TRY(bt_text_bytes(name, arena, &symbol.function, err));
    ret->items[0] = symbol;
    ret->count = 1;
    return BT_OK;
}

static enum bt_status find_in_breakpad(struct bt_symbol_provider *self, uint64_t rva,
                                       struct bt_arena *arena, struct bt_symbol_chain *ret,
                                       struct bt_error *err)
{
    struct bt_breakpad *b = (struct bt_breakpad *)self;
    BT_TRY(bt_breakpad_index(b, err));
    const struct bt_named_address *function = bt_name_list_find(&b->functions, rva, 0);
    const struct bt_named_address *name =
        function != NULL ? function : bt_name_list_find(&b->publics, rva, 0);
    if (name == NULL)
        return BT_ABSENT;
    struct bt_breakpad_lines *lines = bt_breakpad_lines_new(b->source, name->name, err);
    if (lines == NULL)
        return BT_E_NOMEM;
    struct bt_symbol_chain chain = {.count = 0};
    enum bt_status st = function != NULL
                            ? read_function(b, lines, name, rva, arena, &chain, err)
                            : read_public(lines, name, rva, arena, &chain, err);
    free(lines);
    if (st == BT_OK)
        *ret = chain;
    return st;
}

static void close_breakpad(struct bt_symbol_provider *self)
{
    struct bt_name_list *lists[LISTS];
    collect_lists((struct bt_breakpad *)self, lists);
    for (size_t i = 0; i < LISTS; i++)
        bt_name_list_fini(lists[i]);
}

static enum bt_status check_module(struct bt_source *source,
                                   const struct bt_symbol_module *module,
                                   struct bt_arena *arena, struct bt_error *err)
{
    struct bt_span head;
    char key[BT_IDENTITY_TEXT_SIZE];
    const char *line, *text;
    BT_TRY(bt_source_view(source, 0, BT_LIMIT_NAME, arena, &head, err));
    BT_TRY(bt_text_bytes(head, arena, &line, err));
    if (!bt_breakpad_is(line, "MODULE", &text))
        return BT_FAIL(err, BT_E_CORRUPT, 0, "is no symbol file of Breakpad");
    (void)bt_breakpad_word(&text);
    (void)bt_breakpad_word(&text);
    struct bt_breakpad_word id = bt_breakpad_word(&text);
    if (!bt_pdb_key(module, key))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET,
                       "is not used: the dump does not say which build it is from");
    if (id.size != strlen(key) || !bt_ieq_n(id.text, key, id.size))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "belongs to another build (%.*s, not %s)",
                       id.size < 48 ? (int)id.size : 48, id.text, key);
    return BT_OK;
}

enum bt_status bt_breakpad_open(struct bt_source *source, const struct bt_symbol_module *module,
                                struct bt_arena *arena, struct bt_breakpad **ret,
                                struct bt_error *err)
{
    struct bt_breakpad *b;
    struct bt_name_list *lists[LISTS];
    BT_TRY(check_module(source, module, arena, err));
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *b, &b, err));
    b->provider.find = find_in_breakpad;
    b->provider.close = close_breakpad;
    b->source = source;
    collect_lists(b, lists);
    for (size_t i = 0; i < LISTS; i++)
        bt_name_list_init(lists[i]);
    *ret = b;
    return BT_OK;
}
