// SPDX-License-Identifier: MIT
#include "kb/import/article_facts.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "kb/import/tables.h"
#include "kb/stop_text.h"

enum bt_status bt_import_keep(const struct bt_import_work *w, const char *text, size_t size,
                              uint32_t line, struct bt_import_text *ret, struct bt_error *err)
{
    while (size != 0 && bt_is_space(*text)) {
        text++;
        size--;
    }
    while (size != 0 && bt_is_space(text[size - 1]))
        size--;
    BT_TRY(bt_arena_text(w->arena, text, size, &ret->text, err));
    ret->line = line;
    return BT_OK;
}

static const struct bt_import_line *line_that_starts(const struct bt_import_work *w,
                                                     const char *prefix)
{
    size_t length = strlen(prefix);
    for (size_t i = 0; i < w->lines->count; i++) {
        const struct bt_import_line *l = &w->lines->items[i];
        if (l->size >= length && bt_ieq_n(l->text, prefix, length))
            return l;
    }
    return NULL;
}

// --- Number and title

static enum bt_status set_id(const struct bt_import_work *w, char kind, const char *digits,
                             size_t size, struct bt_error *err)
{
    size_t n = 0;
    while (n < size && bt_is_digit(digits[n]))
        n++;
    if (w->draft->id != NULL || n < 4 || n > 8)
        return BT_OK;
    return bt_arena_printf(w->arena, &w->draft->id, err, "%s%.*s", kind == 'Q' ? "Q" : "KB",
                           (int)n, digits);
}

static enum bt_status set_title(const struct bt_import_work *w,
                                const struct bt_import_line *line, size_t skip,
                                struct bt_error *err)
{
    if (line == NULL || w->draft->title.text != NULL || line->size <= skip)
        return BT_OK;
    return bt_import_keep(w, line->text + skip, line->size - skip, line->number,
                          &w->draft->title, err);
}

// "## Q243852: title" and "DOCUMENT:Q243852 ..." name the old numbers.
static enum bt_status read_classic_title(const struct bt_import_work *w, struct bt_error *err)
{
    const struct bt_import_line *document = line_that_starts(w, "DOCUMENT:Q");
    const struct bt_import_line *title = line_that_starts(w, "TITLE");
    const struct bt_import_line *heading = line_that_starts(w, "## Q");
    if (document != NULL)
        BT_TRY(set_id(w, 'Q', document->text + 10, document->size - 10, err));
    if (heading != NULL) {
        BT_TRY(set_id(w, 'Q', heading->text + 4, heading->size - 4, err));
        const char *colon = memchr(heading->text, ':', heading->size);
        if (colon != NULL)
            BT_TRY(set_title(w, heading, (size_t)(colon + 1 - heading->text), err));
    }
    const char *colon = title != NULL ? memchr(title->text, ':', title->size) : NULL;
    if (colon != NULL)
        BT_TRY(set_title(w, title, (size_t)(colon + 1 - title->text), err));
    return BT_OK;
}

// "... two-node cluster (909665)": the number closes the title line.
static enum bt_status read_parenthesis_title(const struct bt_import_work *w,
                                             struct bt_error *err)
{
    for (size_t i = 0; i < w->lines->count && i < 10; i++) {
        const struct bt_import_line *l = &w->lines->items[i];
        const char *open =
            l->size != 0 && l->text[l->size - 1] == ')' ? l->text + l->size : NULL;
        while (open != NULL && open > l->text && *open != '(')
            open--;
        if (open == NULL || *open != '(')
            continue;
        size_t digits = (size_t)(l->text + l->size - 1 - (open + 1));
        uint64_t number;
        if (!bt_parse_u64(open + 1, digits, &number) || digits < 5)
            continue;
        BT_TRY(set_id(w, 'K', open + 1, digits, err));
        if (w->draft->title.text == NULL)
            BT_TRY(bt_import_keep(w, l->text, (size_t)(open - l->text), l->number,
                                  &w->draft->title, err));
        return BT_OK;
    }
    return BT_OK;
}

static enum bt_status read_labelled_number(const struct bt_import_work *w, struct bt_error *err)
{
    static const char *const labels[] = {
        "Article ID:",           "Article ID :", "_Original KB number:_",
        "Microsoft KB Archive/", "Keywords: KB", "Keywords:KB"};
    for (size_t i = 0; i < BT_COUNT(labels); i++) {
        const char *at = bt_import_find(w->lines->text, w->lines->size, labels[i]);
        if (at == NULL)
            continue;
        at += strlen(labels[i]);
        const char *end = w->lines->text + w->lines->size;
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        BT_TRY(set_id(w, 'K', at, (size_t)(end - at), err));
    }
    // "... kbQFE KB909665 kbAudITPRO" among the keywords.
    const char *keywords = bt_import_find(w->lines->text, w->lines->size, "Keywords:");
    const char *end = w->lines->text + w->lines->size;
    for (const char *p = keywords; p != NULL && p + 2 < end && *p != '\n'; p++) {
        if (p[0] == 'K' && p[1] == 'B' && bt_is_digit(p[2]))
            BT_TRY(set_id(w, 'K', p + 2, (size_t)(end - p - 2), err));
    }
    return BT_OK;
}

// A flattened page has its title behind the revision, on the same line.
static enum bt_status read_flattened_title(const struct bt_import_work *w, struct bt_error *err)
{
    const struct bt_import_line *l = line_that_starts(w, "Article ID:");
    const char *revision = l != NULL ? bt_import_find(l->text, l->size, "Revision:") : NULL;
    if (revision == NULL)
        return BT_OK;
    const char *p = revision + strlen("Revision:");
    const char *end = l->text + l->size;
    while (p < end && (bt_is_digit(*p) || *p == '.' || *p == ' '))
        p++;
    return set_title(w, l, (size_t)(p - l->text), err);
}

// In the mirror's copies the title is what stands before the link to the products.
static enum bt_status read_mirror_title(const struct bt_import_work *w, struct bt_error *err)
{
    const struct bt_import_line *last = NULL;
    for (size_t i = 0; i < w->lines->count && w->draft->shape == BT_SHAPE_MIRROR; i++) {
        const struct bt_import_line *l = &w->lines->items[i];
        if (l->heading != NULL)
            return set_title(w, last, 0, err);
        if (l->size != 0)
            last = l;
    }
    return BT_OK;
}

enum bt_status bt_import_title(const struct bt_import_work *w, struct bt_error *err)
{
    BT_TRY(read_classic_title(w, err));
    BT_TRY(read_parenthesis_title(w, err));
    BT_TRY(read_labelled_number(w, err));
    BT_TRY(read_flattened_title(w, err));
    BT_TRY(read_mirror_title(w, err));
    BT_TRY(set_title(w, line_that_starts(w, "# "), 2, err));
    const struct bt_import_line *title = line_that_starts(w, "title:");
    BT_TRY(set_title(w, title, 6, err));
    if (w->draft->id == NULL)
        bt_import_doubt(w->draft, w->arena, 1, "the text has no article number");
    if (w->draft->title.text == NULL)
        bt_import_doubt(w->draft, w->arena, 1, "the text has no title");
    return BT_OK;
}

// --- Sections

enum { EXCERPT = 160 };

static enum bt_status add_section(const struct bt_import_work *w, size_t heading, size_t end,
                                  struct bt_error *err)
{
    struct bt_import_draft *d = w->draft;
    if (d->section_count == BT_IMPORT_SECTIONS)
        return BT_OK;
    struct bt_buf words;
    bt_buf_init(&words, 4 * EXCERPT);
    for (size_t i = heading + 1; i < end && words.size < EXCERPT; i++) {
        const struct bt_import_line *l = &w->lines->items[i];
        if (l->size == 0 || l->text[0] == '=' || l->text[0] == '-')
            continue;
        if (words.size != 0)
            bt_buf_char(&words, ' ');
        bt_buf_add(&words, l->text, bt_utf8_fit(l->text, l->size, EXCERPT));
    }
    struct bt_import_section *s = &d->sections[d->section_count];
    s->heading = w->lines->items[heading].heading;
    s->first_line = w->lines->items[heading].number;
    s->last_line = w->lines->items[end - 1].number;
    size_t size = bt_utf8_fit(bt_buf_cstr(&words), words.size, EXCERPT);
    enum bt_status st = bt_arena_text(w->arena, bt_buf_cstr(&words), size, &s->excerpt, err);
    d->section_count += st == BT_OK;
    bt_buf_fini(&words);
    return st;
}

enum bt_status bt_import_sections(const struct bt_import_work *w, struct bt_error *err)
{
    for (size_t i = 0; i < w->lines->count; i++) {
        if (w->lines->items[i].heading == NULL)
            continue;
        size_t end = i + 1;
        while (end < w->lines->count && w->lines->items[end].heading == NULL)
            end++;
        BT_TRY(add_section(w, i, end, err));
    }
    return BT_OK;
}

// --- Products

static bool names_product(const char *text, size_t size)
{
    static const char *const words[] = {
        "Server", "Windows NT", "Windows 2", "Windows 1",         "Windows XP",
        "Vista",  "Windows 7",  "Windows 8", "Microsoft Windows", "Workstation"};
    for (size_t i = 0; i < BT_COUNT(words); i++) {
        if (bt_import_find(text, size, words[i]) != NULL)
            return true;
    }
    return false;
}

static enum bt_status add_product(const struct bt_import_work *w,
                                  const struct bt_import_line *l, size_t skip,
                                  struct bt_error *err)
{
    struct bt_import_draft *d = w->draft;
    if (d->applies_count == BT_IMPORT_NAMES || l->size <= skip)
        return BT_OK;
    BT_TRY(bt_import_keep(w, l->text + skip, l->size - skip, l->number,
                          &d->applies[d->applies_count], err));
    d->applies_count++;
    return BT_OK;
}

enum bt_status bt_import_applies(const struct bt_import_work *w, struct bt_error *err)
{
    for (size_t i = 0; i < w->lines->count; i++) {
        const struct bt_import_line *l = &w->lines->items[i];
        if (l->heading == NULL || strcmp(l->heading, "applies") != 0)
            continue;
        for (size_t k = i + 1; k < w->lines->count; k++) {
            const struct bt_import_line *item = &w->lines->items[k];
            if (item->heading != NULL)
                break;
            // A bullet of any kind, a name, or the rule that ends the classic list.
            if (w->draft->applies_count != 0 && item->size > 8 &&
                strncmp(item->text, "--------", 8) == 0)
                break;
            size_t skip = 0;
            while (skip < item->size && !bt_is_alpha(item->text[skip]))
                skip++;
            if (item->size < 120 && names_product(item->text, item->size))
                BT_TRY(add_product(w, item, skip, err));
        }
    }
    const struct bt_import_line *tag = line_that_starts(w, "_Applies to:_");
    if (tag != NULL) {
        BT_TRY(add_product(w, tag, strlen("_Applies to:_"), err));
        bt_import_doubt(
            w->draft, w->arena, tag->number,
            "the product list of this kind of page was rewritten later: use the text");
    }
    if (w->draft->applies_count == 0)
        bt_import_doubt(w->draft, w->arena, 1,
                        "the text lists no products: take them from the prerequisites");
    return BT_OK;
}

// --- Stops

// Whether the words after a parameter list say that the numbers differ from case to case.
static bool says_vary(const char *text, size_t size)
{
    static const char *const phrases[] = {"parameters may vary",
                                          "parameters in the stop code may vary",
                                          "may be different",
                                          "parameters vary",
                                          "parameters that",
                                          "parameters depend",
                                          "can vary",
                                          "will vary",
                                          "may differ",
                                          "parameters in this",
                                          "may vary",
                                          "varies"};
    size_t reach = size < 1200 ? size : 1200;
    for (size_t i = 0; i < BT_COUNT(phrases); i++) {
        if (bt_import_find(text, reach, phrases[i]) != NULL)
            return true;
    }
    return false;
}

static bool same_stop(const struct bt_import_stop *a, const struct bt_stop_text *b)
{
    if (a->code != b->code)
        return false;
    // A mention without a list adds nothing to one of the same code.
    if (b->count == 0)
        return true;
    return a->count == b->count && memcmp(a->known, b->known, sizeof a->known) == 0 &&
           memcmp(a->parameters, b->parameters, sizeof a->parameters) == 0;
}

static void add_stop(const struct bt_import_work *w, const struct bt_stop_text *found)
{
    struct bt_import_draft *d = w->draft;
    for (size_t i = 0; i < d->stop_count; i++) {
        struct bt_import_stop *s = &d->stops[i];
        if (same_stop(s, found))
            return;
        if (s->code == found->code && s->count == 0) {
            s->count = found->count;
            memcpy(s->known, found->known, sizeof s->known);
            memcpy(s->parameters, found->parameters, sizeof s->parameters);
            s->line = w->lines->line_of[found->start];
            return;
        }
    }
    if (d->stop_count == BT_IMPORT_STOPS)
        return;
    struct bt_import_stop *s = &d->stops[d->stop_count++];
    *s = (struct bt_import_stop){.code = found->code,
                                 .count = found->count,
                                 .repaired = found->repaired,
                                 .line = w->lines->line_of[found->start]};
    memcpy(s->known, found->known, sizeof s->known);
    memcpy(s->parameters, found->parameters, sizeof s->parameters);
}

// A status with a digit lost or doubled (0xC000005, 0xC00000005), or any 32-bit number of nine
// digits: an equality on it could never hold, so the value is left out and said.
static bool is_mistyped(uint64_t value)
{
    return (value >> 20) == 0xc0 || (value > UINT32_MAX && value >> 36 == 0);
}

static void doubt_parameters(const struct bt_import_work *w, struct bt_import_stop *s)
{
    for (unsigned i = 0; i < s->count; i++) {
        if (!s->known[i] || !is_mistyped(s->parameters[i]))
            continue;
        bt_import_doubt(w->draft, w->arena, s->line,
                        "parameter %u of stop 0x%02" PRIX32
                        " has a wrong number of digits (0x%" PRIx64 "): left out",
                        i + 1, s->code, s->parameters[i]);
        s->known[i] = false;
    }
}

void bt_import_stops(const struct bt_import_work *w)
{
    const struct bt_import_lines *l = w->lines;
    struct bt_stop_text found;
    size_t at = 0;
    bool vary = says_vary(l->text, l->size);
    while (bt_stop_text_next(w->kb, l->text, l->size, &at, &found)) {
        add_stop(w, &found);
        vary =
            vary || (found.count != 0 && says_vary(l->text + found.end, l->size - found.end));
    }
    for (size_t i = 0; i < w->draft->stop_count; i++) {
        struct bt_import_stop *s = &w->draft->stops[i];
        s->vary = vary;
        doubt_parameters(w, s);
        if (s->repaired)
            bt_import_doubt(w->draft, w->arena, s->line,
                            "the digits of this stop code are wrong: read as 0x%08" PRIX32,
                            s->code);
    }
    if (w->draft->stop_count == 0)
        bt_import_doubt(w->draft, w->arena, 1, "the text names no stop code");
}

// --- Drivers

enum bt_status bt_import_drivers(const struct bt_import_work *w, struct bt_error *err)
{
    struct bt_import_draft *d = w->draft;
    const struct bt_import_lines *l = w->lines;
    for (size_t i = 0; i < l->size && d->driver_count < BT_IMPORT_NAMES; i++) {
        bool starts = i == 0 || !(bt_is_alpha(l->text[i - 1]) || bt_is_digit(l->text[i - 1]) ||
                                  strchr("_-.", l->text[i - 1]) != NULL);
        size_t length = starts ? bt_import_file_name(l->text + i, l->size - i) : 0;
        char next = i + length < l->size ? l->text[i + length] : ' ';
        if (length < 5 || bt_is_alpha(next))
            continue;
        bool known = false;
        for (size_t k = 0; k < d->driver_count && !known; k++)
            known = strlen(d->drivers[k].text) == length &&
                    bt_ieq_n(d->drivers[k].text, l->text + i, length);
        if (!known) {
            BT_TRY(bt_import_keep(w, l->text + i, length, l->line_of[i],
                                  &d->drivers[d->driver_count], err));
            d->driver_count++;
        }
        i += length - 1;
    }
    return BT_OK;
}
