// SPDX-License-Identifier: MIT
#include "json_check.h"

#include <string.h>

enum { DEPTH = 64 };

struct reader {
    const char *p, *end;
};

static bool take(struct reader *c, char wanted)
{
    if (c->p == c->end || *c->p != wanted)
        return false;
    c->p++;
    return true;
}

static void skip_blanks(struct reader *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\n' || *c->p == '\r' || *c->p == '\t'))
        c->p++;
}

// One character of UTF-8; false for an overlong form, a surrogate, or a broken sequence.
static bool take_utf8(struct reader *c)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)*c->p++;
    unsigned length = first < 0x80   ? 1
                      : first < 0xc0 ? 0
                      : first < 0xe0 ? 2
                      : first < 0xf0 ? 3
                                     : 4;
    if (length <= 1)
        return length == 1;
    unsigned value = first & (0x7fu >> length);
    for (unsigned i = 1; i < length; i++) {
        if (c->p == c->end || ((unsigned char)*c->p & 0xc0) != 0x80)
            return false;
        value = value << 6 | ((unsigned char)*c->p++ & 0x3f);
    }
    return value >= least[length] && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
}

static bool take_escape(struct reader *c)
{
    if (c->p == c->end)
        return false;
    char kind = *c->p++;
    if (kind != 'u')
        return kind != '\0' && strchr("\"\\/bfnrt", kind) != NULL;
    for (int i = 0; i < 4; i++) {
        if (c->p == c->end || *c->p == '\0' || strchr("0123456789abcdefABCDEF", *c->p) == NULL)
            return false;
        c->p++;
    }
    return true;
}

static bool take_string(struct reader *c)
{
    if (!take(c, '"'))
        return false;
    while (c->p < c->end && *c->p != '"') {
        if ((unsigned char)*c->p < 0x20)
            return false;
        if (*c->p == '\\') {
            c->p++;
            if (!take_escape(c))
                return false;
        } else if (!take_utf8(c)) {
            return false;
        }
    }
    return take(c, '"');
}

static size_t take_digits(struct reader *c)
{
    size_t count = 0;
    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++)
        count++;
    return count;
}

static bool take_number(struct reader *c)
{
    take(c, '-');
    bool leading_zero = c->p < c->end && *c->p == '0';
    size_t digits = take_digits(c);
    if (digits == 0 || (leading_zero && digits > 1))
        return false;
    if (take(c, '.') && take_digits(c) == 0)
        return false;
    if (take(c, 'e') || take(c, 'E')) {
        if (!take(c, '+'))
            take(c, '-');
        return take_digits(c) > 0;
    }
    return true;
}

static bool take_word(struct reader *c, const char *word)
{
    size_t size = strlen(word);
    if ((size_t)(c->end - c->p) < size || memcmp(c->p, word, size) != 0)
        return false;
    c->p += size;
    return true;
}

static bool take_scalar(struct reader *c)
{
    if (c->p == c->end)
        return false;
    switch (*c->p) {
    case '"':
        return take_string(c);
    case 't':
        return take_word(c, "true");
    case 'f':
        return take_word(c, "false");
    case 'n':
        return take_word(c, "null");
    default:
        return take_number(c);
    }
}

// A key and its colon, where the innermost thing that is open is an object.
static bool take_key(struct reader *c)
{
    skip_blanks(c);
    if (!take_string(c))
        return false;
    skip_blanks(c);
    return take(c, ':');
}

// After a value: closes what ends here. 1: another value follows, 0: all is closed, -1: wrong.
static int close_values(struct reader *c, char *open, size_t *depth)
{
    for (;;) {
        skip_blanks(c);
        if (*depth == 0)
            return 0;
        if (take(c, ','))
            return open[*depth - 1] == ']' || take_key(c) ? 1 : -1;
        if (!take(c, open[*depth - 1]))
            return -1;
        --*depth;
    }
}

bool json_is_well_formed(const char *text, size_t size)
{
    struct reader c = {.p = text, .end = text + size};
    char open[DEPTH];
    size_t depth = 0;
    for (;;) {
        skip_blanks(&c);
        bool object = c.p < c.end && *c.p == '{';
        if (object || (c.p < c.end && *c.p == '[')) {
            if (depth == DEPTH)
                return false;
            open[depth++] = object ? '}' : ']';
            c.p++;
            skip_blanks(&c);
            bool empty = c.p < c.end && *c.p == open[depth - 1];
            if (!empty && object && !take_key(&c))
                return false;
            if (!empty)
                continue;
        } else if (!take_scalar(&c)) {
            return false;
        }
        int more = close_values(&c, open, &depth);
        if (more <= 0)
            return more == 0 && c.p == c.end;
    }
}
