// SPDX-License-Identifier: MIT
#include "kb/exception_scan.h"

#include <string.h>

#include "base/text.h"
#include "base/version_number.h"

static bool is_word_char(char c)
{
    return bt_is_alpha(c) || bt_is_digit(c) || c == '_';
}

size_t bt_scan_find(const struct bt_scan_text *s, size_t from, size_t to, const char *key)
{
    size_t size = strlen(key), end = to < s->size ? to : s->size;
    for (size_t at = from; at < end && end - at >= size; at++) {
        bool begins = at == 0 || !is_word_char(s->text[at - 1]) || !is_word_char(key[0]);
        if (begins && bt_ieq_n(&s->text[at], key, size))
            return at + size;
    }
    return BT_SCAN_NONE;
}

size_t bt_scan_find_any(const struct bt_scan_text *s, size_t from, size_t to,
                        const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        size_t at = bt_scan_find(s, from, to, *keys);
        if (at != BT_SCAN_NONE)
            return at;
    }
    return BT_SCAN_NONE;
}

static bool is_of(const char *set, char c)
{
    return c != '\0' && strchr(set, c) != NULL;
}

size_t bt_scan_skip(const struct bt_scan_text *s, size_t at)
{
    while (at < s->size && is_of(" \t:=\"'", s->text[at]))
        at++;
    return at;
}

bool bt_scan_value(const struct bt_scan_text *s, size_t at, const char *ends,
                   char ret[BT_EXCEPTION_TEXT_WORD])
{
    size_t start = bt_scan_skip(s, at), end = start;
    while (end < s->size && !is_of("\r\n\"", s->text[end]) && !is_of(ends, s->text[end]))
        end++;
    while (end > start && (bt_is_space(s->text[end - 1]) || s->text[end - 1] == ','))
        end--;
    if (end == start || end - start >= BT_EXCEPTION_TEXT_WORD)
        return false;
    memcpy(ret, &s->text[start], end - start);
    ret[end - start] = '\0';
    return true;
}

bool bt_scan_hex(const struct bt_scan_text *s, size_t at, uint64_t *ret)
{
    size_t start = bt_scan_skip(s, at), end;
    if (s->size - start > 2 && s->text[start] == '0' && bt_lower(s->text[start + 1]) == 'x')
        start += 2;
    for (end = start; end < s->size && (bt_is_hex(s->text[end]) || s->text[end] == '`');)
        end++;
    bool whole = end == s->size || !is_word_char(s->text[end]);
    return end > start && whole && bt_parse_hex(&s->text[start], end - start, ret);
}

bool bt_scan_hex_of(const struct bt_scan_text *s, size_t from, size_t to, const char *key,
                    uint64_t *ret)
{
    size_t at = bt_scan_find(s, from, to, key);
    return at != BT_SCAN_NONE && bt_scan_hex(s, at, ret);
}

// Windows writes "unknown" for an address in no module, and StackHash_... where it hashed the
// stack instead.
bool bt_scan_file(const char *value, struct bt_exception_text_file *ret)
{
    const char *name = value;
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '\\' || *p == '/')
            name = &p[1];
    }
    if (*name == '\0' || bt_ieq(name, "unknown") ||
        (strlen(name) >= 9 && bt_ieq_n(name, "StackHash", 9)))
        return false;
    memmove(ret->name, name, strlen(name) + 1);
    return true;
}

// "0.0.0.0" is written where the file has no version.
void bt_scan_version(const char *value, struct bt_exception_text_file *ret)
{
    char text[BT_EXCEPTION_TEXT_WORD];
    size_t size = strspn(value, "0123456789.");
    memcpy(text, value, size);
    text[size] = '\0';
    ret->version.known =
        bt_parse_file_version(text, &ret->version.value) && ret->version.value != 0;
}

void bt_scan_stamp(const char *value, struct bt_exception_text_file *ret)
{
    uint64_t stamp = 0;
    if (bt_parse_hex(value, strlen(value), &stamp) && stamp <= UINT32_MAX && stamp != 0)
        ret->stamp = bt_some32((uint32_t)stamp);
}
