// SPDX-License-Identifier: MIT
//
// How the fix of an article is installed, and what has it from the start.
#include <string.h>

#include "base/text.h"
#include "kb/import/article_facts.h"
#include "kb/import/tables.h"

static const struct bt_import_section *find_section(const struct bt_import_draft *d,
                                                    const char *heading)
{
    for (size_t i = 0; i < d->section_count; i++) {
        if (strcmp(d->sections[i].heading, heading) == 0)
            return &d->sections[i];
    }
    return NULL;
}

static void set_word(struct bt_import_text *ret, const char *word, uint32_t line)
{
    if (ret->text == NULL)
        *ret = (struct bt_import_text){.text = word, .line = line};
}

static void read_restart(const struct bt_import_work *w)
{
    const struct bt_import_section *s = find_section(w->draft, "restart");
    if (s == NULL)
        return;
    size_t size = strlen(s->excerpt);
    if (bt_import_find(s->excerpt, size, "not have to") != NULL ||
        bt_import_find(s->excerpt, size, "do not need") != NULL)
        set_word(&w->draft->restart, "no", s->first_line);
    else if (bt_import_find(s->excerpt, size, "may have to") != NULL)
        set_word(&w->draft->restart, "maybe", s->first_line);
    else if (bt_import_find(s->excerpt, size, "restart") != NULL)
        set_word(&w->draft->restart, "yes", s->first_line);
}

static enum bt_status read_replaces(const struct bt_import_work *w, struct bt_error *err)
{
    const struct bt_import_section *s = find_section(w->draft, "replaces");
    if (s == NULL)
        return BT_OK;
    if (bt_import_find(s->excerpt, strlen(s->excerpt), "does not replace") != NULL) {
        set_word(&w->draft->replaces, "nothing", s->first_line);
        return BT_OK;
    }
    for (const char *p = s->excerpt; *p != '\0'; p++) {
        size_t n = 0;
        while (bt_is_digit(p[n]))
            n++;
        if (n >= 6 && n <= 7) {
            w->draft->replaces.line = s->first_line;
            return bt_arena_printf(w->arena, &w->draft->replaces.text, err, "KB%.*s", (int)n,
                                   p);
        }
        p += n != 0 ? n - 1 : 0;
    }
    return BT_OK;
}

// "Service Pack 4", "SP6a" with the product before it, where a fix is first in a service pack.
static enum bt_status read_fixed_in(const struct bt_import_work *w, struct bt_error *err)
{
    static const char *const phrases[] = {"first corrected in", "corrected in the latest"};
    const struct bt_import_lines *l = w->lines;
    for (size_t i = 0; i < BT_COUNT(phrases); i++) {
        const char *at = bt_import_find(l->text, l->size, phrases[i]);
        if (at == NULL)
            continue;
        const char *end = l->text + l->size;
        const char *stop = at + strlen(phrases[i]);
        while (stop < end && *stop != '.' && stop - at < 240)
            stop++;
        if (stop < end && *stop == '.' && stop + 1 < end && bt_is_digit(stop[1]))
            while (stop < end && *stop != '\n' && stop - at < 240)
                stop++;
        uint32_t line = l->line_of[at - l->text];
        at += strlen(phrases[i]);
        return bt_import_keep(w, at, (size_t)(stop - at), line, &w->draft->fixed_in, err);
    }
    return BT_OK;
}

enum bt_status bt_import_install(const struct bt_import_work *w, struct bt_error *err)
{
    const struct bt_import_section *s = find_section(w->draft, "requires");
    if (s != NULL)
        w->draft->requires_text =
            (struct bt_import_text){.text = s->excerpt, .line = s->first_line};
    read_restart(w);
    BT_TRY(read_replaces(w, err));
    BT_TRY(read_fixed_in(w, err));
    // A page that promises a table of files and has none was copied without its tables.
    if (w->draft->file_count == 0 &&
        (bt_import_find(w->lines->text, w->lines->size, "Collapse this table") != NULL ||
         find_section(w->draft, "files") != NULL))
        bt_import_doubt(w->draft, w->arena, 1,
                        "the text announces tables of files and holds none: fixed versions are "
                        "not known");
    return BT_OK;
}
