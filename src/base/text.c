// SPDX-License-Identifier: MIT
#include "base/text.h"

#include <string.h>

#include "base/limits.h"

static const uint32_t REPLACEMENT = 0xfffd;

bool bt_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool bt_is_hex(char c)
{
    return bt_is_digit(c) || (bt_lower(c) >= 'a' && bt_lower(c) <= 'f');
}

bool bt_is_alpha(char c)
{
    return bt_lower(c) >= 'a' && bt_lower(c) <= 'z';
}

bool bt_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int bt_casecmp(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    while (*a != '\0' && (*a == *b || bt_lower(*a) == bt_lower(*b))) {
        a++;
        b++;
    }
    unsigned char x = (unsigned char)bt_lower(*a);
    unsigned char y = (unsigned char)bt_lower(*b);
    return (x > y) - (x < y);
}

bool bt_ieq(const char *a, const char *b)
{
    return bt_casecmp(a, b) == 0;
}

bool bt_ieq_n(const char *a, const char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bt_lower(a[i]) != bt_lower(b[i]))
            return false;
    }
    return true;
}

bool bt_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool bt_iends_with(const char *text, const char *suffix)
{
    size_t size = strlen(text);
    size_t tail = strlen(suffix);
    return size >= tail && bt_ieq(text + size - tail, suffix);
}

const char *bt_basename(const char *path)
{
    const char *base = path;
    for (const char *p = path; *p != '\0'; p++) {
        if (*p == '\\' || *p == '/')
            base = p + 1;
    }
    return base;
}

static unsigned digit_value(char c)
{
    return bt_is_digit(c) ? (unsigned)(c - '0') : (unsigned)(bt_lower(c) - 'a') + 10;
}

static bool parse_digits(const char *text, size_t size, unsigned base, uint64_t *ret)
{
    uint64_t value = 0;
    bool last_was_digit = false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (base == 16 && (c == '`' || c == '_') && last_was_digit && i + 1 < size) {
            last_was_digit = false;
            continue;
        }
        if (base == 16 ? !bt_is_hex(c) : !bt_is_digit(c))
            return false;
        unsigned digit = digit_value(c);
        if (value > (UINT64_MAX - digit) / base)
            return false;
        value = value * base + digit;
        last_was_digit = true;
    }
    if (!last_was_digit)
        return false;
    *ret = value;
    return true;
}

static bool has_hex_prefix(const char *text, size_t size)
{
    return size > 2 && text[0] == '0' && bt_lower(text[1]) == 'x';
}

bool bt_parse_u64(const char *text, size_t size, uint64_t *ret)
{
    if (has_hex_prefix(text, size))
        return parse_digits(text + 2, size - 2, 16, ret);
    return parse_digits(text, size, 10, ret);
}

bool bt_parse_hex(const char *text, size_t size, uint64_t *ret)
{
    if (has_hex_prefix(text, size))
        return parse_digits(text + 2, size - 2, 16, ret);
    return parse_digits(text, size, 16, ret);
}

static size_t encode_utf8(uint32_t c, char out[4])
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = REPLACEMENT;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

void bt_buf_utf8(struct bt_buf *buf, uint32_t code_point)
{
    char bytes[4];
    bt_buf_add(buf, bytes, encode_utf8(code_point, bytes));
}

const char *bt_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

size_t bt_utf8_fit(const char *text, size_t size, size_t most)
{
    if (size <= most)
        return size;
    while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

size_t bt_utf8_decode(const char *text, size_t size, uint32_t *ret)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)text;
    size_t length;
    uint32_t c;
    *ret = REPLACEMENT;
    if (p[0] < 0x80) {
        *ret = p[0];
        return 1;
    }
    if (p[0] >= 0xc2 && p[0] < 0xe0) {
        length = 2;
        c = p[0] & 0x1fu;
    } else if (p[0] >= 0xe0 && p[0] < 0xf0) {
        length = 3;
        c = p[0] & 0x0fu;
    } else if (p[0] >= 0xf0 && p[0] < 0xf5) {
        length = 4;
        c = p[0] & 0x07u;
    } else {
        return 1;
    }
    if (length > size)
        return 1;
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 1;
        c = c << 6 | (p[i] & 0x3fu);
    }
    if (c < smallest[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 1;
    *ret = c;
    return length;
}

enum bt_status bt_text_utf16(struct bt_span raw, struct bt_arena *arena, const char **ret,
                             struct bt_error *err)
{
    size_t units = raw.size / 2;
    // One unit becomes at most three bytes; a surrogate pair (two units) becomes four.
    char *out;
    BT_TRY(bt_arena_alloc(arena, (uint64_t)units * 3 + 1, 1, &out, err));
    size_t size = 0;
    for (size_t i = 0; i < units; i++) {
        uint32_t c = bt_le16(raw.data + 2 * i);
        if (c == 0)
            break;
        if (c >= 0xd800 && c < 0xdc00 && i + 1 < units) {
            uint32_t low = bt_le16(raw.data + 2 * (i + 1));
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i++;
            }
        }
        size += encode_utf8(c, out + size);
    }
    out[size] = '\0';
    *ret = out;
    return BT_OK;
}

enum bt_status bt_text_bytes(struct bt_span raw, struct bt_arena *arena, const char **ret,
                             struct bt_error *err)
{
    char *out;
    BT_TRY(bt_arena_alloc(arena, (uint64_t)raw.size * 3 + 1, 1, &out, err));
    size_t size = 0;
    for (size_t i = 0; i < raw.size && raw.data[i] != 0;) {
        uint32_t c;
        i += bt_utf8_decode((const char *)raw.data + i, raw.size - i, &c);
        size += encode_utf8(c, out + size);
    }
    out[size] = '\0';
    *ret = out;
    return BT_OK;
}
