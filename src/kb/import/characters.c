// SPDX-License-Identifier: MIT
#include "kb/import/characters.h"

#include <string.h>

#include "base/text.h"

// Entities that stand in numbers, names and sentences of articles; any other one stays as it is
// written. Names and code points are those of HTML.
static const struct {
    const char *name;
    uint32_t code_point;
} entities[] = {
    {"quot", '"'},      {"amp", '&'},      {"apos", '\''},    {"lt", '<'},
    {"gt", '>'},        {"nbsp", 0xa0},    {"ensp", 0x2002},  {"emsp", 0x2003},
    {"thinsp", 0x2009}, {"shy", 0xad},     {"zwnj", 0x200c},  {"zwj", 0x200d},
    {"ndash", 0x2013},  {"mdash", 0x2014}, {"minus", 0x2212}, {"lsquo", 0x2018},
    {"rsquo", 0x2019},  {"ldquo", 0x201c}, {"rdquo", 0x201d}, {"bull", 0x2022},
    {"hellip", 0x2026}, {"middot", 0xb7},  {"copy", 0xa9},    {"reg", 0xae},
    {"trade", 0x2122},  {"lpar", '('},     {"rpar", ')'},     {"comma", ','},
    {"period", '.'},    {"colon", ':'},    {"lowbar", '_'},   {"num", '#'},
};

// What Windows-1252 has at 0x80 to 0x9f, as HTML reads numbers of that range too.
static const uint16_t windows_1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

// "&#48;" and "&#x30;", without the ampersand and the semicolon.
static uint32_t numbered(const char *text, size_t size)
{
    uint64_t value = 0;
    bool hex = size > 2 && bt_lower(text[1]) == 'x';
    if (text[0] != '#' || size < 2 ||
        !(hex ? bt_parse_hex(text + 2, size - 2, &value)
              : bt_parse_u64(text + 1, size - 1, &value)) ||
        value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    return (uint32_t)value;
}

static size_t take_entity(const char *text, size_t size, uint32_t *ret)
{
    enum { LONGEST = 12 };
    const char *end = memchr(text, ';', size < LONGEST ? size : LONGEST);
    size_t length = end != NULL ? (size_t)(end - text) - 1 : 0;
    *ret = length != 0 ? numbered(text + 1, length) : 0;
    for (size_t i = 0; i < BT_COUNT(entities) && *ret == 0; i++) {
        if (strlen(entities[i].name) == length &&
            memcmp(text + 1, entities[i].name, length) == 0)
            *ret = entities[i].code_point;
    }
    return *ret != 0 ? length + 2 : 0;
}

// What no text needs and YAML refuses.
static bool is_control(uint32_t c)
{
    return (c < ' ' && c != '\n') || (c >= 0x7f && c < 0xa0) || (c & 0xfffe) == 0xfffe;
}

// Lines end at '\n' alone: a comment of YAML would end at the other separators too, and what a
// text holds behind them would be part of the draft.
static uint32_t plain(uint32_t code_point)
{
    if (code_point >= 0x80 && code_point <= 0x9f && windows_1252[code_point - 0x80] != 0)
        code_point = windows_1252[code_point - 0x80];
    if (code_point >= 0x2000 && code_point <= 0x200a)
        return ' ';
    switch (code_point) {
    case '\t':
    case 0xa0:
    case 0x202f:
    case 0x3000:
        return ' ';
    case 0x2028:
    case 0x2029:
        return '\n';
    case '\r':
    case 0xad:   // soft hyphen
    case 0x200b: // zero width, and marks of direction
    case 0x200c:
    case 0x200d:
    case 0x200e:
    case 0x200f:
    case 0xfeff:
        return 0;
    case 0x2010:
    case 0x2011:
    case 0x2013:
    case 0x2014:
    case 0x2212:
        return '-';
    case 0x2018:
    case 0x2019:
        return '\'';
    case 0x201c:
    case 0x201d:
        return '"';
    default:
        return is_control(code_point) ? ' ' : code_point;
    }
}

size_t bt_import_character(const char *text, size_t size, uint32_t *ret)
{
    uint32_t code_point;
    size_t taken = text[0] == '&' ? take_entity(text, size, &code_point) : 0;
    if (taken == 0) {
        taken = bt_utf8_decode(text, size, &code_point);
        if (code_point == 0xfffd && taken == 1)
            code_point = (unsigned char)text[0];
    }
    *ret = plain(code_point);
    return taken;
}
