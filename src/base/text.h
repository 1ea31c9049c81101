// SPDX-License-Identifier: MIT
//
// Text: ASCII comparison that no locale changes, numbers in the forms that support people
// write, and UTF-16 or bytes from a dump made into UTF-8 that is always valid.
#ifndef BT_BASE_TEXT_H
#define BT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"

// ASCII only, any locale; safe for any char value (ctype.h is not).
bool bt_is_digit(char c);
bool bt_is_hex(char c);
bool bt_is_alpha(char c);
bool bt_is_space(char c); // blank, tab, CR, LF
static inline char bt_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

// -1, 0, 1 without regard to ASCII case; NULL sorts before everything.
int bt_casecmp(const char *a, const char *b);
bool bt_ieq(const char *a, const char *b);
bool bt_ieq_n(const char *a, const char *b, size_t size); // both have at least `size` bytes
bool bt_starts_with(const char *text, const char *prefix);
bool bt_iends_with(const char *text, const char *suffix);

// The part after the last '\' or '/'. Never NULL for non-NULL input.
const char *bt_basename(const char *path);

// Decimal, or hexadecimal with 0x; the whole of `text[0..size)` must be the number. Underscores
// and the backtick of the debugger (fffff800`01e43a10) are allowed between hex digits.
bool bt_parse_u64(const char *text, size_t size, uint64_t *ret);
// Hexadecimal, "0x" optional, otherwise as above.
bool bt_parse_hex(const char *text, size_t size, uint64_t *ret);

// UTF-16LE bytes to UTF-8: lone surrogates become U+FFFD, text ends at the first NUL, an odd
// last byte is dropped. The result is in the arena.
enum bt_status bt_text_utf16(struct bt_span raw, struct bt_arena *arena, const char **ret,
                             struct bt_error *err) BT_MUST_USE;
// Bytes that ought to be ASCII or UTF-8: ends at the first NUL, invalid sequences become
// U+FFFD.
enum bt_status bt_text_bytes(struct bt_span raw, struct bt_arena *arena, const char **ret,
                             struct bt_error *err) BT_MUST_USE;

// What makes an English noun fit a count: "" for 1, else "s".
const char *bt_plural(uint64_t count);

// Appends one code point as UTF-8; values that are no scalar value become U+FFFD.
void bt_buf_utf8(struct bt_buf *buf, uint32_t code_point);
// Decodes one code point at text[0..size): returns its length in bytes (>= 1); *ret is U+FFFD
// for an invalid byte.
size_t bt_utf8_decode(const char *text, size_t size, uint32_t *ret);
// How much of text[0..size) fits into `most` bytes without cutting a character in two.
size_t bt_utf8_fit(const char *text, size_t size, size_t most);

#endif
