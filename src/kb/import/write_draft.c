// SPDX-License-Identifier: MIT
//
// A draft in the source form of an article (docs/kb-language.md). Everything that was read from
// the text carries its line; everything that a person has to write is marked TODO.
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "kb/import/import.h"
#include "kb/import/lines.h"

// A YAML double-quoted scalar: any text is safe in it.
static void put_quoted(struct bt_buf *out, const char *text)
{
    bt_buf_char(out, '"');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            bt_buf_char(out, '\\');
        bt_buf_char(out, (unsigned char)*p < 0x20 ? ' ' : *p);
    }
    bt_buf_char(out, '"');
}

// A file's name in lower case: in quotes where YAML would see more in it than a word.
static void put_name(struct bt_buf *out, const char *name)
{
    bool plain = bt_is_alpha(name[0]) || bt_is_digit(name[0]);
    for (const char *p = name; *p != '\0'; p++)
        plain = plain && (bt_is_alpha(*p) || bt_is_digit(*p) || strchr("._-", *p) != NULL);
    bt_buf_text(out, plain ? "" : "\"");
    for (const char *p = name; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            bt_buf_char(out, '\\');
        bt_buf_char(out, bt_lower(*p));
    }
    bt_buf_text(out, plain ? "" : "\"");
}

// A comment is one line, whatever the text holds.
static void put_comment_text(struct bt_buf *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        bt_buf_char(out, (unsigned char)*p < 0x20 ? ' ' : *p);
}

static void put_line_note(struct bt_buf *out, uint32_t line)
{
    bt_buf_printf(out, " # line %" PRIu32 "\n", line);
}

// --- Products: the vendor's names in our short words

static const struct {
    const char *written, *ours;
} products[] = {
    // A longer name stands before one that it contains.
    {"Terminal Server Edition", "NT 4.0 TSE"},
    {"Server 2012 R2", "2012 R2"},
    {"Server 2012", "2012"},
    {"Server 2008 R2", "2008 R2"},
    {"Server 2008", "2008"},
    {"Server 2003", "2003"},
    {"Server 2016", "2016"},
    {"Server 2019", "2019"},
    {"Windows Vista", "Vista"},
    {"Windows XP", "XP"},
    {"Windows 2000", "2000"},
    {"Windows 8.1", "8.1"},
    {"Windows 8", "8"},
    {"Windows 7", "7"},
    {"Windows 10", "10"},
};

// "versions 3.51, 4.0": the numbers that stand alone, without a service pack.
static bool names_nt_version(const char *text, const char *version)
{
    const char *at = text;
    size_t length = strlen(version);
    while ((at = strstr(at, version)) != NULL) {
        bool starts = at == text || !(bt_is_digit(at[-1]) || at[-1] == '.');
        bool ends =
            !bt_is_digit(at[length]) && !(at[length] == '.' && bt_is_digit(at[length + 1]));
        if (starts && ends)
            return true;
        at += length;
    }
    return false;
}

struct product_list {
    const char *items[BT_IMPORT_NAMES];
    size_t count;
};

static void add_product(struct product_list *list, const char *product)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], product) == 0)
            return;
    }
    if (list->count < BT_IMPORT_NAMES)
        list->items[list->count++] = product;
}

static void find_products(const char *text, struct product_list *list)
{
    size_t size = strlen(text);
    for (size_t i = 0; i < BT_COUNT(products); i++) {
        if (bt_import_find(text, size, products[i].written) != NULL) {
            add_product(list, products[i].ours);
            return;
        }
    }
    if (bt_import_find(text, size, "NT") == NULL)
        return;
    static const char *const versions[][2] = {
        {"4.0", "NT 4.0"}, {"3.51", "NT 3.51"}, {"3.5", "NT 3.5"}, {"3.1", "NT 3.1"}};
    for (size_t i = 0; i < BT_COUNT(versions); i++) {
        if (names_nt_version(text, versions[i][0]))
            add_product(list, versions[i][1]);
    }
}

static void write_applies(const struct bt_import_draft *d, struct bt_buf *out)
{
    struct product_list list = {0};
    for (size_t i = 0; i < d->applies_count; i++)
        find_products(d->applies[i].text, &list);
    bt_buf_text(out, "applies: [");
    for (size_t i = 0; i < list.count; i++)
        bt_buf_printf(out, "%s%s", i != 0 ? ", " : "", list.items[i]);
    bt_buf_text(out, list.count != 0 ? "]\n" : "] # TODO\n");
    for (size_t i = 0; i < d->applies_count; i++) {
        bt_buf_text(out, "# stated: ");
        put_comment_text(out, d->applies[i].text);
        put_line_note(out, d->applies[i].line);
    }
}

// --- Stops

static void write_sample(const struct bt_import_stop *s, struct bt_buf *out)
{
    bool any = false;
    for (unsigned i = 0; i < s->count; i++)
        any = any || s->known[i];
    if (!any)
        return;
    bt_buf_text(out, "    sample: [");
    for (unsigned i = 0; i < s->count; i++) {
        if (s->known[i])
            bt_buf_printf(out, "%s0x%" PRIx64, i != 0 ? ", " : "", s->parameters[i]);
        else
            bt_buf_printf(out, "%sany", i != 0 ? ", " : "");
    }
    bt_buf_text(out, "]");
    bt_buf_text(out, s->vary ? " # the text says that they vary\n"
                             : " # printed; TODO: is one of them stated (p1: ...)?\n");
}

static void write_stops(const struct bt_import_draft *d, struct bt_buf *out)
{
    if (d->stop_count == 0)
        return;
    bt_buf_text(out, "stop:\n");
    for (size_t i = 0; i < d->stop_count; i++) {
        const struct bt_import_stop *s = &d->stops[i];
        bt_buf_printf(out, "  - code: 0x%02" PRIX32, s->code);
        put_line_note(out, s->line);
        write_sample(s, out);
    }
}

// --- Rule and fix

static void write_rule(const struct bt_import_draft *d, struct bt_buf *out)
{
    if (d->driver_count == 0)
        return;
    bt_buf_text(out, "# files that the text names; TODO: which one is at fault?\n");
    for (size_t i = 0; i < d->driver_count; i++) {
        bt_buf_text(out, "#   ");
        put_comment_text(out, d->drivers[i].text);
        put_line_note(out, d->drivers[i].line);
    }
}

static void write_file(const struct bt_import_file *f, struct bt_buf *out)
{
    char date[BT_TIME_TEXT_SIZE];
    bt_buf_text(out, "    - {name: ");
    put_name(out, f->name);
    bt_buf_printf(out, ", version: %s", f->version != NULL ? f->version : "unknown");
    if (f->platform != NULL)
        bt_buf_printf(out, ", platform: %s", f->platform);
    if (f->size.known)
        bt_buf_printf(out, ", size: %" PRIu32, f->size.value);
    if (f->date.known) {
        bt_filetime_iso(f->date.value, date);
        // "2005-10-22T04:48:00Z": articles give minutes, or the day alone.
        date[f->date_only ? 10 : 16] = '\0';
        bt_buf_printf(out, ", date: %s%s", date, f->date_only ? "" : "Z");
    }
    bt_buf_char(out, '}');
    put_line_note(out, f->line);
}

static void write_fact(const char *key, const struct bt_import_text *fact, bool quoted,
                       struct bt_buf *out)
{
    if (fact->text == NULL || fact->text[0] == '\0')
        return;
    bt_buf_printf(out, "  %s: ", key);
    if (quoted)
        put_quoted(out, fact->text);
    else
        bt_buf_text(out, fact->text);
    put_line_note(out, fact->line);
}

static void write_fix(const struct bt_import_draft *d, struct bt_buf *out)
{
    if (d->file_count == 0 && d->restart.text == NULL && d->replaces.text == NULL &&
        d->requires_text.text == NULL && d->fixed_in.text == NULL)
        return;
    bt_buf_text(out, "fix:\n  kind: hotfix\n");
    if (d->requires_text.text != NULL) {
        bt_buf_text(out, "  # TODO requires, the text says: ");
        put_comment_text(out, d->requires_text.text);
        put_line_note(out, d->requires_text.line);
    }
    if (d->fixed_in.text != NULL) {
        bt_buf_text(out, "  # TODO fixed-in, the text says: ");
        put_comment_text(out, d->fixed_in.text);
        put_line_note(out, d->fixed_in.line);
    }
    write_fact("restart", &d->restart, false, out);
    write_fact("replaces", &d->replaces, false, out);
    if (d->file_count != 0)
        bt_buf_text(out, "  files: # TODO: \"cures: no\" on those that only come along\n");
    for (size_t i = 0; i < d->file_count; i++)
        write_file(&d->files[i], out);
}

// --- Prose

static const char *const prose[] = {"symptoms", "cause", "resolution", "workaround"};

static void write_prose(const struct bt_import_draft *d, struct bt_buf *out)
{
    for (size_t k = 0; k < BT_COUNT(prose); k++) {
        for (size_t i = 0; i < d->section_count; i++) {
            const struct bt_import_section *s = &d->sections[i];
            if (strcmp(s->heading, prose[k]) != 0)
                continue;
            bt_buf_printf(
                out, "# %s: TODO in your own words. Lines %" PRIu32 " to %" PRIu32 " begin: ",
                prose[k], s->first_line, s->last_line);
            put_comment_text(out, s->excerpt);
            bt_buf_char(out, '\n');
        }
    }
}

void bt_import_write(const struct bt_import_draft *draft, struct bt_buf *out)
{
    bt_buf_printf(
        out, "# Draft from a %s. Check every fact, write the prose, delete the comments.\n",
        bt_import_shape_name(draft->shape));
    for (size_t i = 0; i < draft->doubt_count; i++) {
        bt_buf_text(out, "# DOUBT ");
        put_comment_text(out, draft->doubts[i].text);
        put_line_note(out, draft->doubts[i].line);
    }
    bt_buf_printf(out, "id: %s\n", draft->id != NULL ? draft->id : "TODO");
    bt_buf_text(out, "title: TODO in your own words");
    if (draft->title.text != NULL) {
        bt_buf_text(out, " # the text's: ");
        put_comment_text(out, draft->title.text);
    }
    bt_buf_char(out, '\n');
    write_applies(draft, out);
    write_prose(draft, out);
    write_stops(draft, out);
    write_rule(draft, out);
    write_fix(draft, out);
}
