// SPDX-License-Identifier: MIT
#include "report/redact.h"

#include <string.h>

#include "base/text.h"

// Shorter names are too likely to be a part of something else.
enum { SHORTEST_NAME = 3 };

static bool is_separator(char c)
{
    return c == '\\' || c == '/';
}

static bool is_word(char c)
{
    return bt_is_alpha(c) || bt_is_digit(c) || c == '_' || c == '-' || (c & 0x80) != 0;
}

// What cannot stand inside a path, or ends it in running text.
static bool ends_path(char c)
{
    return c == '\0' || c == '\n' || c == '\r' || c == '\t' ||
           strchr("\"'<>|*?,;()[]{}", c) != NULL;
}

// Folders whose next component is a user's name.
static bool holds_users(const char *name, size_t size)
{
    static const char *const folders[] = {"users", "home", "documents and settings",
                                          "profiles"};
    for (size_t i = 0; i < BT_COUNT(folders); i++) {
        if (size == strlen(folders[i]) && bt_ieq_n(name, folders[i], size))
            return true;
    }
    return false;
}

static bool is_nobody(const char *name, size_t size)
{
    static const char *const names[] = {"public",       "default", "all users",
                                        "default user", "shared",  "."};
    for (size_t i = 0; i < BT_COUNT(names); i++) {
        if (size == strlen(names[i]) && bt_ieq_n(name, names[i], size))
            return true;
    }
    return false;
}

void bt_redact_add(struct bt_redact_names *names, const char *name, size_t size,
                   const char *word)
{
    if (size < SHORTEST_NAME || names->count == BT_REDACT_NAMES || is_nobody(name, size))
        return;
    for (size_t i = 0; i < names->count; i++) {
        if (names->sizes[i] == size && bt_ieq_n(names->names[i], name, size))
            return;
    }
    names->names[names->count] = name;
    names->sizes[names->count] = size;
    names->words[names->count++] = word;
}

// Text that ends at `size`; past its end there are only NULs.
struct view {
    const char *text;
    size_t size;
};

static char look(struct view v, size_t at)
{
    return at < v.size ? v.text[at] : '\0';
}

// Whether a path starts here: "C:\", "\\host\", "\Device\x", "/home/x".
static bool starts_path(struct view v, size_t at)
{
    char before = at > 0 ? look(v, at - 1) : ' ';
    if (is_word(before) || is_separator(before) || before == ':' || before == '.')
        return false;
    if (bt_is_alpha(look(v, at)) && look(v, at + 1) == ':' && is_separator(look(v, at + 2)))
        return true;
    if (!is_separator(look(v, at)))
        return false;
    if (look(v, at) == '\\' && look(v, at + 1) == '\\' && look(v, at + 2) != '\0')
        return true;
    // One component alone, such as "/GS", is no path.
    size_t i = at + 1;
    while (is_word(look(v, i)) || look(v, i) == '.' || look(v, i) == '?')
        i++;
    return i > at + 1 && is_separator(look(v, i));
}

// Whether the words behind a blank still belong to a path: one of the next few holds a
// separator before anything ends the path and before another path starts.
static bool path_goes_on(struct view v, size_t blank)
{
    enum { WORDS = 4 };
    size_t at = blank;
    for (unsigned words = 0; words < WORDS && look(v, at) == ' '; words++) {
        at++;
        if (starts_path(v, at))
            return false;
        for (; !ends_path(look(v, at)) && look(v, at) != ' '; at++) {
            if (is_separator(look(v, at)))
                return true;
        }
    }
    return false;
}

// Whether "\\?\", "\\.\" or "\??\" stands here: it holds characters that end a path elsewhere.
static bool has_prefix(struct view v, size_t at)
{
    char second = look(v, at + 1), third = look(v, at + 2);
    return look(v, at) == '\\' && (second == '\\' || second == '?') &&
           (third == '?' || third == '.') && look(v, at + 3) == '\\';
}

// Past the path that starts here; always more than `at`.
static size_t find_path_end(struct view v, size_t at)
{
    size_t end = has_prefix(v, at) ? at + 4 : at + 1;
    while (!ends_path(look(v, end)) && (look(v, end) != ' ' || path_goes_on(v, end)))
        end++;
    return end;
}

// Where the component at `at` ends; *ret_next is where the next one starts.
static size_t find_component_end(struct view v, size_t at, size_t *ret_next)
{
    size_t end = at;
    while (end < v.size && !is_separator(v.text[end]))
        end++;
    size_t next = end;
    while (next < v.size && is_separator(v.text[next]))
        next++;
    *ret_next = next;
    return end;
}

static void collect_from_path(struct bt_redact_names *names, struct view path)
{
    bool is_host = look(path, 0) == '\\' && look(path, 1) == '\\' && !has_prefix(path, 0);
    bool is_user = false;
    size_t at = 0;
    while (at < path.size && is_separator(path.text[at]))
        at++;
    while (at < path.size) {
        size_t next;
        size_t size = find_component_end(path, at, &next) - at;
        if (is_host || is_user)
            bt_redact_add(names, &path.text[at], size, is_host ? "<host>" : "<user>");
        is_host = false;
        is_user = holds_users(&path.text[at], size);
        at = next;
    }
}

void bt_redact_collect(struct bt_redact_names *names, const char *text)
{
    struct view v = {text, text != NULL ? strlen(text) : 0};
    for (size_t at = 0; at < v.size;) {
        if (!starts_path(v, at)) {
            at++;
            continue;
        }
        size_t end = find_path_end(v, at);
        collect_from_path(names, (struct view){&v.text[at], end - at});
        at = end;
    }
}

void bt_redact_collect_path(struct bt_redact_names *names, const char *path)
{
    if (path != NULL)
        collect_from_path(names, (struct view){path, strlen(path)});
}

// The number of the name that stands here as a word of its own, or `count`.
static size_t find_name(const struct bt_redact_names *names, struct view v, size_t at)
{
    if (at > 0 && is_word(look(v, at - 1)))
        return names->count;
    for (size_t i = 0; i < names->count; i++) {
        size_t size = names->sizes[i];
        if (size <= v.size - at && bt_ieq_n(&v.text[at], names->names[i], size) &&
            !is_word(look(v, at + size)))
            return i;
    }
    return names->count;
}

// Past the address of mail that starts here, or `at`. The host must have a dot in it: decorated
// function names have an '@' too.
static size_t find_address_end(struct view v, size_t at)
{
    size_t end = at;
    bool dot = false;
    if (at > 0 && (is_word(look(v, at - 1)) || look(v, at - 1) == '.'))
        return at;
    while (is_word(look(v, end)) || look(v, end) == '.' || look(v, end) == '+')
        end++;
    if (end == at || look(v, end) != '@' || !is_word(look(v, end + 1)))
        return at;
    for (end++; is_word(look(v, end)) || (look(v, end) == '.' && is_word(look(v, end + 1)));)
        dot |= look(v, end++) == '.';
    return dot ? end : at;
}

// One piece of text that holds no path: a name, an address or a character. Past it.
static size_t write_piece(const struct bt_redact_names *names, struct view v, size_t at,
                          struct bt_buf *out)
{
    size_t name = find_name(names, v, at);
    size_t address = find_address_end(v, at);
    if (address > at) {
        bt_buf_text(out, "<address>");
        return address;
    }
    if (name < names->count) {
        bt_buf_text(out, names->words[name]);
        return at + names->sizes[name];
    }
    bt_buf_char(out, v.text[at]);
    return at + 1;
}

// "<path>\" and the last component, unless that is a user's folder or share.
static void write_path(const struct bt_redact_names *names, struct view path,
                       struct bt_buf *out)
{
    size_t last = path.size, folder = 0, next = 0;
    while (last > 0 && !is_separator(path.text[last - 1]))
        last--;
    bt_buf_text(out, "<path>");
    if (last == 0 || last == path.size)
        return;
    for (size_t i = 0; i < last; i = next) {
        folder = i;
        find_component_end(path, i, &next);
    }
    size_t folder_size = find_component_end(path, folder, &next) - folder;
    if (holds_users(&path.text[folder], folder_size))
        return;
    bt_buf_char(out, path.text[last - 1]);
    struct view name = {&path.text[last], path.size - last};
    for (size_t at = 0; at < name.size;)
        at = write_piece(names, name, at, out);
}

void bt_redact_text(const struct bt_redact_names *names, const char *text, struct bt_buf *out)
{
    struct view v = {text, strlen(text)};
    for (size_t at = 0; at < v.size;) {
        if (!starts_path(v, at)) {
            at = write_piece(names, v, at, out);
            continue;
        }
        size_t end = find_path_end(v, at);
        write_path(names, (struct view){&v.text[at], end - at}, out);
        at = end;
    }
}
