// SPDX-License-Identifier: MIT
#include "report/escape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { REPLACEMENT = 0xfffd };

#define ONES      UINT64_C(0x0101010101010101)
#define HIGH_BITS UINT64_C(0x8080808080808080)

bool bt_is_unsafe(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return true;
    return c == 0xad ||                    // soft hyphen
           c == 0x61c ||                   // Arabic letter mark
           (c >= 0x200b && c <= 0x200f) || // zero width, left-to-right and right-to-left marks
           (c >= 0x2028 && c <= 0x202e) || // separators, embeddings and overrides
           (c >= 0x2060 && c <= 0x206f) || // invisible operators, isolates
           c == 0xfeff ||                  // byte order mark
           (c >= 0xfff9 && c <= 0xfffb) || // interlinear annotation
           (c >= 0xe0000 && c <= 0xe007f); // tags
}

// Whether a byte that bt_utf8_decode gave as U+FFFD really is no UTF-8: the character itself
// takes three bytes, an invalid byte is one.
static bool is_invalid_byte(uint32_t code_point, size_t length)
{
    return code_point == REPLACEMENT && length == 1;
}

// What one code point looks like on a terminal where it cannot stand as it is.
static size_t write_code(struct bt_buf *out, uint32_t c)
{
    char text[16];
    char letter = c < 0x100 ? 'x' : c < 0x10000 ? 'u' : 'U';
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 6;
    int size = snprintf(text, sizeof text, "\\%c%0*" PRIx32, letter, digits, c);
    if (out != NULL)
        bt_buf_text(out, text);
    return (size_t)size;
}

size_t bt_escape_terminal(struct bt_buf *out, const char *text, size_t size, bool utf8)
{
    size_t columns = 0;
    for (size_t i = 0; i < size;) {
        uint32_t c;
        size_t length = bt_utf8_decode(text + i, size - i, &c);
        if (is_invalid_byte(c, length)) {
            columns += write_code(out, (unsigned char)text[i]);
        } else if (bt_is_unsafe(c) || (c >= 0x80 && !utf8)) {
            columns += write_code(out, c);
        } else {
            if (out != NULL)
                bt_buf_add(out, text + i, length);
            columns++;
        }
        i += length;
    }
    return columns;
}

// The two-character escapes of JSON; 0 for a character that has none.
static char short_escape(uint32_t c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return '\0';
    }
}

static void write_json_code(struct bt_buf *out, uint32_t c)
{
    if (c < 0x10000) {
        bt_buf_printf(out, "\\u%04" PRIx32, c);
        return;
    }
    bt_buf_printf(out, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xd800 + ((c - 0x10000) >> 10),
                  0xdc00 + ((c - 0x10000) & 0x3ff));
}

// Printable ASCII that stands for itself in JSON: nearly everything in a record.
static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

// A byte of the result has its high bit where that byte is zero, perhaps also where one before
// it is; for bytes without a high bit of their own.
static uint64_t find_zeros(uint64_t bytes)
{
    return bytes - ONES;
}

// Whether eight characters are all plain.
static bool are_plain(const char *text)
{
    uint64_t bytes;
    memcpy(&bytes, text, sizeof bytes);
    uint64_t found = bytes | (bytes - ONES * 0x20) | (bytes + ONES) | // above, below, 0x7f
                     find_zeros(bytes ^ ONES * '"') | find_zeros(bytes ^ ONES * '\\');
    return (found & HIGH_BITS) == 0;
}

// How much of the text begins with plain characters.
static size_t count_plain(const char *text, size_t size)
{
    size_t i = 0;
    while (size - i >= sizeof(uint64_t) && are_plain(&text[i]))
        i += sizeof(uint64_t);
    while (i < size && is_plain(text[i]))
        i++;
    return i;
}

bool bt_is_plain_json(const char *text, size_t size)
{
    if (size < sizeof(uint64_t))
        return count_plain(text, size) == size;
    for (size_t i = 0; i < size - sizeof(uint64_t); i += sizeof(uint64_t)) {
        if (!are_plain(&text[i]))
            return false;
    }
    return are_plain(&text[size - sizeof(uint64_t)]); // some of it perhaps for the second time
}

void bt_escape_json(struct bt_buf *out, const char *text, size_t size)
{
    size_t done = 0; // text[0..done) is written, text[done..i) can be copied as it is
    size_t i = 0;
    for (;;) {
        uint32_t c;
        i += count_plain(text + i, size - i);
        if (i == size)
            break;
        size_t length = bt_utf8_decode(text + i, size - i, &c);
        char escape = short_escape(c);
        bool invalid = is_invalid_byte(c, length);
        if (escape != '\0' || invalid || bt_is_unsafe(c)) {
            bt_buf_add(out, text + done, i - done);
            done = i + length;
            if (escape != '\0')
                bt_buf_add(out, (const char[]){'\\', escape}, 2);
            else if (invalid)
                bt_buf_utf8(out, REPLACEMENT);
            else
                write_json_code(out, c);
        }
        i += length;
    }
    bt_buf_add(out, text + done, size - done);
}
