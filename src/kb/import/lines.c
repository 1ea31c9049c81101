// SPDX-License-Identifier: MIT
#include "kb/import/lines.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "kb/import/characters.h"

const char *bt_import_find(const char *text, size_t size, const char *phrase)
{
    size_t length = strlen(phrase);
    for (size_t i = 0; length <= size && i <= size - length; i++) {
        if (bt_lower(text[i]) == bt_lower(phrase[0]) && bt_ieq_n(text + i, phrase, length))
            return text + i;
    }
    return NULL;
}

// --- Shapes

static bool starts_with(struct bt_span raw, const char *text)
{
    size_t size = strlen(text);
    return raw.size >= size && memcmp(raw.data, text, size) == 0;
}

static bool holds(struct bt_span raw, size_t within, const char *phrase)
{
    size_t size = raw.size < within ? raw.size : within;
    return bt_import_find((const char *)raw.data, size, phrase) != NULL;
}

enum bt_import_shape bt_import_shape_of(struct bt_span raw)
{
    if (starts_with(raw, "DOCUMENT:Q"))
        return BT_SHAPE_CLASSIC;
    if (starts_with(raw, "---")) {
        if (holds(raw, 4096, "_Original KB number:_") || holds(raw, 4096, "ms.date") ||
            holds(raw, 4096, "_Applies to:_"))
            return BT_SHAPE_SUPPORT_MD;
        return BT_SHAPE_CLASSIC_MD;
    }
    if (holds(raw, 400, "Microsoft KB Archive/"))
        return BT_SHAPE_WIKI;
    if (holds(raw, 4000, "View products that this article applies to"))
        return BT_SHAPE_MIRROR;
    if (starts_with(raw, "Article ID:"))
        return BT_SHAPE_FLATTENED;
    if (holds(raw, raw.size, "Modification Type:") ||
        holds(raw, 4096, "The information in this article applies to:"))
        return BT_SHAPE_HTM;
    if (holds(raw, 4096, "Sign in with Microsoft") || holds(raw, 8192, "\nSymptoms\n") ||
        holds(raw, 8192, "\nSymptoms\r\n"))
        return BT_SHAPE_CELLS;
    return BT_SHAPE_UNKNOWN;
}

static const char *const shape_names[] = {
    [BT_SHAPE_UNKNOWN] = "unknown",
    [BT_SHAPE_CLASSIC] = "classic text",
    [BT_SHAPE_CLASSIC_MD] = "classic Markdown",
    [BT_SHAPE_HTM] = "page of 2003 to 2008",
    [BT_SHAPE_FLATTENED] = "flattened page",
    [BT_SHAPE_CELLS] = "page with one cell a line",
    [BT_SHAPE_SUPPORT_MD] = "support Markdown",
    [BT_SHAPE_MIRROR] = "mirrored page",
    [BT_SHAPE_WIKI] = "wiki copy",
};

const char *bt_import_shape_name(enum bt_import_shape shape)
{
    return (size_t)shape < BT_COUNT(shape_names) ? shape_names[shape] : "unknown";
}

// --- Headings

static const struct {
    const char *written, *canonical;
} headings[] = {
    {"The information in this article applies to", "applies"},
    {"View products that this article applies to.", "applies"},
    {"Hotfix replacement information", "replaces"},
    {"Update replacement information", "replaces"},
    {"Additional file information", "extra files"},
    {"Restart requirements", "restart"},
    {"Restart requirement", "restart"},
    {"Registry information", "registry"},
    {"Hotfix information", "hotfix"},
    {"Update information", "hotfix"},
    {"File information", "files"},
    {"More information", "more"},
    {"Prerequisites", "requires"},
    {"Resolution", "resolution"},
    {"Workaround", "workaround"},
    {"References", "references"},
    {"Applies to", "applies"},
    {"Symptoms", "symptoms"},
    {"Symptom", "symptoms"},
    {"Summary", "summary"},
    {"Solution", "resolution"},
    {"Status", "status"},
    {"Hotfix", "hotfix"},
    {"Cause", "cause"},
};

static const char *heading_of(const char *text, size_t size)
{
    while (size != 0 && (text[0] == '#' || text[0] == '*' || text[0] == ' ')) {
        text++;
        size--;
    }
    while (size != 0 &&
           (text[size - 1] == ':' || text[size - 1] == '*' || text[size - 1] == ' '))
        size--;
    for (size_t i = 0; i < BT_COUNT(headings); i++) {
        size_t length = strlen(headings[i].written);
        if (size == length && bt_ieq_n(text, headings[i].written, size))
            return headings[i].canonical;
    }
    return NULL;
}

// In flattened pages a heading runs into the words before and after it. Capitals at its start
// and behind it tell it from the same word in a sentence.
static size_t glued_heading(const char *text, size_t size)
{
    for (size_t i = 0; i < BT_COUNT(headings); i++) {
        size_t length = strlen(headings[i].written);
        if (size < length || !bt_ieq_n(text, headings[i].written, length))
            continue;
        bool capitals = true;
        for (size_t k = 0; k < length; k++)
            capitals = capitals && !(text[k] >= 'a' && text[k] <= 'z');
        bool as_written = memcmp(text, headings[i].written, length) == 0;
        char next = size > length ? text[length] : '\n';
        bool glued = (next >= 'A' && next <= 'Z') || next == '\n';
        if ((capitals && length > 4 && (glued || next == ' ')) || (as_written && glued))
            return length;
    }
    return 0;
}

// --- Cleaning

struct cleaner {
    struct bt_buf out;
    uint32_t *line_of;
    uint32_t line;
};

static void emit(struct cleaner *c, uint32_t code_point)
{
    if (code_point == 0)
        return;
    size_t before = c->out.size;
    bt_buf_utf8(&c->out, code_point);
    for (size_t i = before; i < c->out.size; i++)
        c->line_of[i] = c->line;
}

static void clean(struct cleaner *c, struct bt_span raw, enum bt_import_shape shape)
{
    const char *text = (const char *)raw.data;
    bool markdown = shape == BT_SHAPE_SUPPORT_MD || shape == BT_SHAPE_CLASSIC_MD;
    bool flattened = shape == BT_SHAPE_FLATTENED;
    for (size_t i = 0; i < raw.size;) {
        size_t left = raw.size - i, taken = 0;
        uint32_t code_point;
        if (flattened && text[i] >= 'A' && text[i] <= 'Z')
            taken = glued_heading(text + i, left);
        if (taken != 0) {
            emit(c, '\n');
            for (size_t k = 0; k < taken; k++)
                emit(c, (unsigned char)text[i + k]);
            emit(c, '\n');
        }
        if (taken == 0 && markdown && text[i] == '|') {
            emit(c, ' ');
            emit(c, ' ');
            taken = 1;
        }
        if (taken == 0) {
            taken = bt_import_character(text + i, left, &code_point);
            emit(c, code_point);
        }
        if (text[i] == '\n')
            c->line++;
        i += taken;
    }
}

// --- Lines

static struct bt_import_line make_line(const struct bt_import_lines *lines, size_t start,
                                       size_t end)
{
    const char *text = lines->text;
    // A text that ends with a line feed has an empty line behind it.
    size_t last = lines->size != 0 ? lines->size - 1 : 0;
    uint32_t number = lines->size != 0 ? lines->line_of[start < last ? start : last] : 1;
    while (start < end && bt_is_space(text[start]))
        start++;
    while (end > start && bt_is_space(text[end - 1]))
        end--;
    return (struct bt_import_line){.text = text + start,
                                   .size = end - start,
                                   .number = number,
                                   .heading = heading_of(text + start, end - start)};
}

static enum bt_status split_lines(struct bt_import_lines *lines, struct bt_arena *arena,
                                  struct bt_error *err)
{
    size_t count = 1;
    for (size_t i = 0; i < lines->size; i++)
        count += lines->text[i] == '\n';
    BT_TRY(bt_arena_alloc(arena, count, sizeof *lines->items, &lines->items, err));
    size_t start = 0;
    for (size_t i = 0; i <= lines->size; i++) {
        if (i < lines->size && lines->text[i] != '\n')
            continue;
        lines->items[lines->count++] = make_line(lines, start, i);
        start = i + 1;
    }
    return BT_OK;
}

enum bt_status bt_import_lines_make(struct bt_span raw, enum bt_import_shape shape,
                                    struct bt_arena *arena, struct bt_import_lines *ret,
                                    struct bt_error *err)
{
    if (raw.size > BT_LIMIT_SOURCE_FILE)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "text is larger than %u MiB",
                       (unsigned)(BT_LIMIT_SOURCE_FILE >> 20));
    // A byte of Windows-1252 gives at most three of UTF-8, a glued heading of five bytes or
    // more two line feeds.
    size_t limit = 3 * raw.size + 16;
    struct cleaner c = {.line = 1};
    struct bt_import_lines lines = {0};
    BT_TRY(bt_arena_alloc(arena, limit, sizeof *c.line_of, &c.line_of, err));
    bt_buf_init(&c.out, limit);
    clean(&c, raw, shape);
    enum bt_status st = bt_buf_status(&c.out, err);
    if (st == BT_OK)
        st = bt_arena_text(arena, bt_buf_cstr(&c.out), c.out.size, &lines.text, err);
    lines.size = c.out.size;
    lines.line_of = c.line_of;
    bt_buf_fini(&c.out);
    if (st == BT_OK)
        st = split_lines(&lines, arena, err);
    if (st == BT_OK)
        *ret = lines;
    return st;
}
