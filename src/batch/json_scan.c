// SPDX-License-Identifier: MIT
#include "batch/json_scan.h"

#include <string.h>

#include "base/text.h"

struct bt_json_scan bt_json_scan(const char *text, size_t size)
{
    return (struct bt_json_scan){.text = text, .end = size};
}

bool bt_slice_is(struct bt_slice slice, const char *text)
{
    return slice.text != NULL && slice.size == strlen(text) &&
           memcmp(slice.text, text, slice.size) == 0;
}

// bt_is_space, where it can be inlined: it is asked for every character that is not in a
// string.
static inline bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void skip_blanks(struct bt_json_scan *s)
{
    while (s->at < s->end && is_blank(s->text[s->at]))
        s->at++;
}

static void fail(struct bt_json_scan *s)
{
    s->failed = true;
    s->at = s->end;
}

// Every byte of a word that equals `byte`, marked by its top bit; bytes above a marked one may
// be marked wrongly, the lowest marked one never is.
static uint64_t mark_equal(uint64_t word, uint8_t byte)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x = word ^ (ones * byte);
    return (x - ones) & ~x & (ones << 7);
}

// The first '"' or '\' in text[at..end), or `end`. Eight bytes at a time: strings are most of a
// record.
static size_t find_quote_or_escape(const char *text, size_t at, size_t end)
{
    while (end - at >= 8) {
        uint64_t word = bt_le64((const uint8_t *)&text[at]);
        uint64_t marks = mark_equal(word, '"') | mark_equal(word, '\\');
        if (marks != 0)
            return at + (unsigned)__builtin_ctzll(marks) / 8;
        at += 8;
    }
    while (at < end && text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

// Past the closing quote of a string whose opening quote is at `at`; false where it never
// closes.
static bool skip_string(struct bt_json_scan *s)
{
    size_t at = s->at + 1;
    for (;;) {
        at = find_quote_or_escape(s->text, at, s->end);
        if (at >= s->end)
            return false;
        if (s->text[at] == '"')
            break;
        if (s->end - at < 2)
            return false;
        at += 2;
    }
    s->at = at + 1;
    return true;
}

// Past the bracket that closes the one at `at`. Which of the two kinds closes is not compared:
// the readers of what is not skipped do that.
static bool skip_brackets(struct bt_json_scan *s)
{
    size_t depth = 0;
    while (s->at < s->end) {
        switch (s->text[s->at]) {
        case '"':
            if (!skip_string(s))
                return false;
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            if (--depth == 0) {
                s->at++;
                return true;
            }
            break;
        default:
            break;
        }
        s->at++;
    }
    return false;
}

static bool is_scalar_end(char c)
{
    return c == ',' || c == '}' || c == ']' || is_blank(c);
}

static struct bt_slice take_scalar(struct bt_json_scan *s)
{
    size_t from = s->at;
    while (s->at < s->end && !is_scalar_end(s->text[s->at]))
        s->at++;
    return (struct bt_slice){&s->text[from], s->at - from};
}

enum bt_json_kind bt_json_peek(struct bt_json_scan *s)
{
    skip_blanks(s);
    if (s->failed || s->at >= s->end)
        return BT_JSON_BAD;
    char c = s->text[s->at];
    switch (c) {
    case '{':
        return BT_JSON_OBJECT;
    case '[':
        return BT_JSON_ARRAY;
    case '"':
        return BT_JSON_STRING;
    case 't':
        return BT_JSON_TRUE;
    case 'f':
        return BT_JSON_FALSE;
    case 'n':
        return BT_JSON_NULL;
    default:
        return bt_is_digit(c) || c == '-' ? BT_JSON_NUMBER : BT_JSON_BAD;
    }
}

bool bt_json_skip_whole(struct bt_json_scan *s)
{
    switch (bt_json_peek(s)) {
    case BT_JSON_OBJECT:
    case BT_JSON_ARRAY:
        return skip_brackets(s);
    case BT_JSON_STRING:
        return skip_string(s);
    case BT_JSON_BAD:
        return false;
    default:
        take_scalar(s);
        return true;
    }
}

void bt_json_skip(struct bt_json_scan *s)
{
    if (!bt_json_skip_whole(s))
        fail(s);
}

static bool enter(struct bt_json_scan *s, enum bt_json_kind kind)
{
    if (bt_json_peek(s) != kind) {
        bt_json_skip(s);
        return false;
    }
    s->at++;
    return true;
}

bool bt_json_enter_object(struct bt_json_scan *s)
{
    return enter(s, BT_JSON_OBJECT);
}

bool bt_json_enter_array(struct bt_json_scan *s)
{
    return enter(s, BT_JSON_ARRAY);
}

// Over the comma between two members; false at the closing bracket, which is passed.
static bool step(struct bt_json_scan *s, char close)
{
    skip_blanks(s);
    if (s->at < s->end && s->text[s->at] == ',') {
        s->at++;
        skip_blanks(s);
    }
    if (s->at >= s->end) {
        fail(s);
        return false;
    }
    if (s->text[s->at] != close)
        return true;
    s->at++;
    return false;
}

bool bt_json_next_key(struct bt_json_scan *s, struct bt_slice *ret)
{
    if (s->failed || !step(s, '}'))
        return false;
    size_t from = s->at + 1;
    if (s->text[s->at] != '"' || !skip_string(s)) {
        fail(s);
        return false;
    }
    *ret = (struct bt_slice){&s->text[from], s->at - 1 - from};
    skip_blanks(s);
    if (s->at >= s->end || s->text[s->at] != ':') {
        fail(s);
        return false;
    }
    s->at++;
    return true;
}

bool bt_json_next_item(struct bt_json_scan *s)
{
    return !s->failed && step(s, ']');
}

struct bt_slice bt_json_take_text(struct bt_json_scan *s)
{
    if (bt_json_peek(s) != BT_JSON_STRING) {
        bt_json_skip(s);
        return (struct bt_slice){0};
    }
    size_t from = s->at + 1;
    if (!skip_string(s)) {
        fail(s);
        return (struct bt_slice){0};
    }
    return (struct bt_slice){&s->text[from], s->at - 1 - from};
}

bool bt_json_take_number(struct bt_json_scan *s, uint64_t *ret)
{
    if (bt_json_peek(s) != BT_JSON_NUMBER) {
        bt_json_skip(s);
        return false;
    }
    struct bt_slice digits = take_scalar(s);
    return bt_parse_u64(digits.text, digits.size, ret);
}

bool bt_json_take_bool(struct bt_json_scan *s, bool *ret)
{
    struct bt_slice word;
    switch (bt_json_peek(s)) {
    case BT_JSON_TRUE:
    case BT_JSON_FALSE:
        word = take_scalar(s);
        *ret = bt_slice_is(word, "true");
        return *ret || bt_slice_is(word, "false");
    default:
        bt_json_skip(s);
        return false;
    }
}

// Four hexadecimal digits at `at`.
static bool read_unit(struct bt_slice raw, size_t at, uint32_t *ret)
{
    uint64_t unit;
    if (raw.size - at < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        if (!bt_is_hex(raw.text[at + i]))
            return false;
    }
    if (!bt_parse_hex(&raw.text[at], 4, &unit))
        return false;
    *ret = (uint32_t)unit;
    return true;
}

// The code point of the "\uXXXX" whose digits start at `at`, and of the low half that may
// follow; gives the number of characters that were used.
static size_t decode_unicode(struct bt_slice raw, size_t at, struct bt_buf *out)
{
    uint32_t c, low;
    if (!read_unit(raw, at, &c)) {
        bt_buf_utf8(out, 0xfffd);
        return 0;
    }
    if (c >= 0xd800 && c < 0xdc00 && raw.size - at >= 6 && raw.text[at + 4] == '\\' &&
        raw.text[at + 5] == 'u' && read_unit(raw, at + 6, &low) && low >= 0xdc00 &&
        low < 0xe000) {
        bt_buf_utf8(out, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
        return 10;
    }
    // A text that goes on as a C string must not hold NUL.
    bt_buf_utf8(out, c != 0 ? c : 0xfffd);
    return 4;
}

static char simple_escape(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

void bt_json_decode(struct bt_slice raw, struct bt_buf *out)
{
    size_t at = 0;
    while (at < raw.size) {
        size_t stop = at;
        while (stop < raw.size && raw.text[stop] != '\\')
            stop++;
        bt_buf_add(out, &raw.text[at], stop - at);
        at = stop;
        if (raw.size - at < 2)
            break;
        if (raw.text[at + 1] == 'u') {
            at += 2 + decode_unicode(raw, at + 2, out);
        } else {
            bt_buf_char(out, simple_escape(raw.text[at + 1]));
            at += 2;
        }
    }
}
