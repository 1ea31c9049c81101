// SPDX-License-Identifier: MIT
#include "mk_script.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum {
    INCLUDE_DEPTH = 8,
    SCRIPT_SIZE = 1 << 20,
};

static const struct {
    const char *word;
    enum mk_verb verb;
    bool wants_value;
} edit_verbs[] = {
    {"patch", MK_PATCH, true},        {"xor", MK_XOR, true},        {"append", MK_APPEND, true},
    {"truncate", MK_TRUNCATE, false}, {"extend", MK_EXTEND, false}, {"zero", MK_ZERO, false},
};

void mk_error_at(struct mk_place place, struct bt_error *err, const char *format, ...)
{
    char message[BT_ERROR_MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    bt_error_set(err, BT_E_SYNTAX, BT_NO_OFFSET, "%s:%u: %s", place.file, place.line, message);
}

void mk_script_init(struct mk_script *script, struct bt_arena *arena)
{
    *script = (struct mk_script){.arena = arena};
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

// What a reference calls a section: its name, or its kind where it has none.
static const char *reference_of(const struct mk_section *section)
{
    return section->name != NULL ? section->name : section->kind;
}

struct mk_section *mk_script_find(const struct mk_script *script, const char *ref, size_t size)
{
    for (struct mk_section *s = script->sections; s != NULL; s = s->next) {
        const char *own = reference_of(s);
        const struct mk_statement *as = mk_section_get(s, "as");
        if (strlen(own) == size && memcmp(own, ref, size) == 0)
            return s;
        if (as != NULL && strlen(as->value) == size && memcmp(as->value, ref, size) == 0)
            return s;
    }
    return NULL;
}

const struct mk_statement *mk_section_get(const struct mk_section *section, const char *key)
{
    const struct mk_statement *found = NULL;
    if (section == NULL)
        return NULL;
    for (const struct mk_statement *s = section->first; s != NULL; s = s->next) {
        if (strcmp(s->key, key) == 0)
            found = s;
    }
    return found;
}

// The text in [start, end) without blanks around it, as a string of its own.
static enum bt_status copy_trimmed(struct mk_script *script, const char *start, const char *end,
                                   char **ret, struct bt_error *err)
{
    while (start < end && bt_is_space(*start))
        start++;
    while (end > start && bt_is_space(end[-1]))
        end--;
    size_t size = (size_t)(end - start);
    BT_TRY(bt_arena_alloc(script->arena, size + 1, 1, ret, err));
    memcpy(*ret, start, size);
    return BT_OK;
}

// The first `c` of a line that is in no quoted text, or NULL.
static char *find_outside_quotes(char *line, char c)
{
    bool quoted = false;
    for (char *p = line; *p != '\0'; p++) {
        if (quoted && *p == '\\' && p[1] != '\0')
            p++;
        else if (*p == '"')
            quoted = !quoted;
        else if (*p == c && !quoted)
            return p;
    }
    return NULL;
}

// --- sections and statements

static enum bt_status open_section(struct mk_script *script, struct mk_place place,
                                   const char *kind, const char *name, struct mk_section **ret,
                                   struct bt_error *err)
{
    for (struct mk_section *s = script->sections; s != NULL; s = s->next) {
        if (same_text(s->kind, kind) && same_text(s->name, name)) {
            s->is_default = s->is_default && script->is_default;
            *ret = s;
            return BT_OK;
        }
    }
    struct mk_section *section;
    BT_TRY(bt_arena_alloc(script->arena, 1, sizeof *section, &section, err));
    *section = (struct mk_section){
        .place = place, .kind = kind, .name = name, .is_default = script->is_default};
    if (script->last_section != NULL)
        script->last_section->next = section;
    else
        script->sections = section;
    script->last_section = section;
    *ret = section;
    return BT_OK;
}

// "kind" or "kind name".
static enum bt_status split_title(struct mk_script *script, struct mk_place place,
                                  const char *title, char **ret_kind, char **ret_name,
                                  struct bt_error *err)
{
    size_t kind_size = strcspn(title, " \t");
    if (kind_size == 0)
        return MK_FAIL(place, err, "the section has no name");
    BT_TRY(copy_trimmed(script, title, title + kind_size, ret_kind, err));
    *ret_name = NULL;
    if (title[kind_size] != '\0')
        BT_TRY(copy_trimmed(script, title + kind_size, title + strlen(title), ret_name, err));
    return BT_OK;
}

static enum bt_status parse_section(struct mk_script *script, struct mk_place place, char *line,
                                    struct bt_error *err)
{
    char *end = strchr(line, ']');
    if (end == NULL || end[1] != '\0')
        return MK_FAIL(place, err, "a section is written [kind] or [kind name]");
    char *title, *kind, *name;
    BT_TRY(copy_trimmed(script, line + 1, end, &title, err));
    BT_TRY(split_title(script, place, title, &kind, &name, err));
    return open_section(script, place, kind, name, &script->current, err);
}

static enum bt_status add_statement(struct mk_script *script, struct mk_section *section,
                                    struct mk_place place, const char *key, const char *value,
                                    struct bt_error *err)
{
    if (script->only_dump && strcmp(section->kind, "dump") != 0)
        return BT_OK;
    struct mk_statement *statement;
    BT_TRY(bt_arena_alloc(script->arena, 1, sizeof *statement, &statement, err));
    *statement = (struct mk_statement){
        .place = place, .key = key, .value = value, .is_default = script->is_default};
    if (section->last != NULL)
        section->last->next = statement;
    else
        section->first = statement;
    section->last = statement;
    section->is_default = section->is_default && script->is_default;
    return BT_OK;
}

static enum bt_status parse_key_value(struct mk_script *script, struct mk_place place,
                                      char *line, struct bt_error *err)
{
    char *equals = find_outside_quotes(line, '=');
    char *key, *value;
    if (equals == NULL)
        return MK_FAIL(place, err, "expected 'key = value', a [section] or a command");
    if (script->current == NULL)
        return MK_FAIL(place, err, "this line stands before the first [section]");
    BT_TRY(copy_trimmed(script, line, equals, &key, err));
    BT_TRY(copy_trimmed(script, equals + 1, line + strlen(line), &value, err));
    if (*key == '\0' || *value == '\0')
        return MK_FAIL(place, err, "the %s is missing", *key == '\0' ? "key" : "value");
    return add_statement(script, script->current, place, key, value, err);
}

// --- commands

// set SECTION.KEY = VALUE: the same as the line KEY = VALUE in that section.
static enum bt_status parse_set(struct mk_script *script, struct mk_place place, char *rest,
                                struct bt_error *err)
{
    char *equals = find_outside_quotes(rest, '=');
    if (equals == NULL)
        return MK_FAIL(place, err, "expected 'set SECTION.KEY = VALUE'");
    char *target, *key, *value;
    BT_TRY(copy_trimmed(script, rest, equals, &target, err));
    BT_TRY(copy_trimmed(script, equals + 1, rest + strlen(rest), &value, err));
    const char *dot = strrchr(target, '.');
    if (dot == NULL || dot[1] == '\0' || *value == '\0')
        return MK_FAIL(place, err, "expected 'set SECTION.KEY = VALUE'");
    if (script->only_dump && strncmp(target, "dump.", 5) != 0)
        return BT_OK;
    struct mk_section *section = mk_script_find(script, target, (size_t)(dot - target));
    if (section == NULL)
        return MK_FAIL(place, err, "there is no section '%.*s'", (int)(dot - target), target);
    BT_TRY(copy_trimmed(script, dot + 1, dot + strlen(dot), &key, err));
    return add_statement(script, section, place, key, value, err);
}

// remove KIND [NAME]: forgets the section and everything said in it so far.
static enum bt_status parse_remove(struct mk_script *script, struct mk_place place, char *rest,
                                   struct bt_error *err)
{
    char *title, *kind, *name;
    if (script->only_dump)
        return BT_OK;
    BT_TRY(copy_trimmed(script, rest, rest + strlen(rest), &title, err));
    BT_TRY(split_title(script, place, title, &kind, &name, err));
    struct mk_section *previous = NULL;
    for (struct mk_section *s = script->sections; s != NULL; previous = s, s = s->next) {
        if (!same_text(s->kind, kind) || !same_text(s->name, name))
            continue;
        if (previous != NULL)
            previous->next = s->next;
        else
            script->sections = s->next;
        if (script->last_section == s)
            script->last_section = previous;
        if (script->current == s)
            script->current = NULL;
        return BT_OK;
    }
    return MK_FAIL(place, err, "there is no [%s] to remove", title);
}

// include PATH: relative to the file that says so.
static enum bt_status parse_include(struct mk_script *script, struct mk_place place, char *rest,
                                    struct bt_error *err)
{
    char *name;
    const char *path;
    if (script->include_depth >= INCLUDE_DEPTH)
        return MK_FAIL(place, err, "files include each other more than %d deep", INCLUDE_DEPTH);
    BT_TRY(copy_trimmed(script, rest, rest + strlen(rest), &name, err));
    const char *slash = strrchr(place.file, '/');
    int folder = slash != NULL ? (int)(slash - place.file) + 1 : 0;
    BT_TRY(bt_arena_printf(script->arena, &path, err, "%.*s%s", folder, place.file, name));
    script->include_depth++;
    enum bt_status status = mk_script_read(script, path, err);
    script->include_depth--;
    if (status == BT_E_IO)
        bt_error_prepend(err, "%s:%u", place.file, place.line);
    return status;
}

static enum bt_status parse_edit(struct mk_script *script, struct mk_place place, size_t verb,
                                 char *rest, struct bt_error *err)
{
    struct mk_edit *edit;
    char *equals = find_outside_quotes(rest, '=');
    if (edit_verbs[verb].wants_value && equals == NULL)
        return MK_FAIL(place, err, "'%s' needs '= BYTES'", edit_verbs[verb].word);
    BT_TRY(bt_arena_alloc(script->arena, 1, sizeof *edit, &edit, err));
    *edit = (struct mk_edit){.place = place, .verb = edit_verbs[verb].verb};
    const char *where_end = equals != NULL ? equals : rest + strlen(rest);
    char *where, *value = NULL;
    BT_TRY(copy_trimmed(script, rest, where_end, &where, err));
    if (equals != NULL)
        BT_TRY(copy_trimmed(script, equals + 1, rest + strlen(rest), &value, err));
    edit->where = where;
    edit->value = value;
    if (script->last_edit != NULL)
        script->last_edit->next = edit;
    else
        script->edits = edit;
    script->last_edit = edit;
    return BT_OK;
}

// Whether the line starts with a command word; `zero = 5` is a key, "append = .." a command.
static bool starts_with_word(char *line, const char *word, char **ret_rest)
{
    size_t size = strlen(word);
    if (strncmp(line, word, size) != 0 || (line[size] != '\0' && !bt_is_space(line[size])))
        return false;
    *ret_rest = line + size;
    return true;
}

static enum bt_status parse_line(struct mk_script *script, struct mk_place place, char *line,
                                 struct bt_error *err)
{
    char *rest;
    if (*line == '\0')
        return BT_OK;
    if (*line == '[')
        return parse_section(script, place, line, err);
    if (starts_with_word(line, "include", &rest))
        return parse_include(script, place, rest, err);
    if (starts_with_word(line, "set", &rest))
        return parse_set(script, place, rest, err);
    if (starts_with_word(line, "remove", &rest))
        return parse_remove(script, place, rest, err);
    for (size_t i = 0; i < BT_COUNT(edit_verbs); i++) {
        if (starts_with_word(line, edit_verbs[i].word, &rest))
            return parse_edit(script, place, i, rest, err);
    }
    return parse_key_value(script, place, line, err);
}

static void cut_comment(char *line)
{
    char *end = find_outside_quotes(line, '#');
    if (end == NULL)
        return;
    while (end > line && bt_is_space(end[-1]))
        end--;
    *end = '\0';
}

enum bt_status mk_script_parse(struct mk_script *script, const char *file, const char *text,
                               struct bt_error *err)
{
    struct mk_place place = {.file = file, .line = 0};
    struct mk_section *outer = script->current;
    script->current = NULL;
    while (*text != '\0') {
        size_t size = strcspn(text, "\n");
        char *line;
        place.line++;
        BT_TRY(copy_trimmed(script, text, text + size, &line, err));
        cut_comment(line);
        BT_TRY(parse_line(script, place, line, err));
        text += size + (text[size] == '\n');
    }
    script->current = outer;
    return BT_OK;
}

enum bt_status mk_script_read(struct mk_script *script, const char *path, struct bt_error *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return BT_FAIL_OS(err, errno, "%s", path);
    char *text;
    enum bt_status status = bt_arena_alloc(script->arena, SCRIPT_SIZE + 1, 1, &text, err);
    size_t size = status == BT_OK ? fread(text, 1, SCRIPT_SIZE, file) : 0;
    bool failed = ferror(file) != 0;
    fclose(file);
    if (status != BT_OK)
        return status;
    if (failed)
        return BT_FAIL_OS(err, EIO, "%s", path);
    if (size == SCRIPT_SIZE)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "%s: larger than 1 MiB", path);
    text[size] = '\0';
    return mk_script_parse(script, path, text, err);
}
