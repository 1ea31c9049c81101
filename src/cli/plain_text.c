// SPDX-License-Identifier: MIT
#include "cli/plain_text.h"

#include "base/text.h"
#include "verdict/list_text.h"

enum {
    FULL_WIDTH_FIRST = 0xff01,
    FULL_WIDTH_LAST = 0xff5e,
    FULL_WIDTH_DISTANCE = 0xfee0, // from the ASCII character
    NO_BREAK_SPACE = 0xa0,
    SPACES_FIRST = 0x2000, // of widths down to none, and marks of direction
    SPACES_LAST = 0x200f,
    NARROW_NO_BREAK_SPACE = 0x202f,
    WIDE_SPACE = 0x3000,
    BYTE_ORDER_MARK = 0xfeff,
    QUOTES_FIRST = 0x2018,
    QUOTES_LAST = 0x201f,
};

// What an ASCII text would have in place of a character; 0 where there is nothing like it.
static char plain_character(uint32_t c)
{
    if (c >= FULL_WIDTH_FIRST && c <= FULL_WIDTH_LAST)
        return (char)(c - FULL_WIDTH_DISTANCE);
    if (c == NO_BREAK_SPACE || c == NARROW_NO_BREAK_SPACE || c == WIDE_SPACE ||
        c == BYTE_ORDER_MARK || (c >= SPACES_FIRST && c <= SPACES_LAST))
        return ' ';
    return c >= QUOTES_FIRST && c <= QUOTES_LAST ? '"' : '\0';
}

enum bt_status bt_plain_text(struct bt_span bytes, struct bt_arena *arena, struct bt_buf *ret,
                             struct bt_error *err)
{
    struct bt_list_text text;
    BT_TRY(bt_list_text_open(bytes, arena, &text, err));
    for (size_t i = 0; i < text.size;) {
        uint32_t c = 0;
        size_t length = bt_utf8_decode(text.text + i, text.size - i, &c);
        length = length != 0 ? length : 1;
        char plain = length > 1 ? plain_character(c) : '\0';
        if (plain != '\0')
            bt_buf_char(ret, plain);
        else
            bt_buf_add(ret, text.text + i, length);
        i += length;
    }
    return bt_buf_status(ret, err);
}
