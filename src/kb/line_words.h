// SPDX-License-Identifier: MIT
//
// Taking apart the lines of a text that people paste: keys, names, numbers. Inside the kb room
// only. Lines are pieces of the text and not ended by NUL.
#ifndef BT_KB_LINE_WORDS_H
#define BT_KB_LINE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BT_LINE_VERSION_SIZE = 32 };

struct bt_line {
    const char *text;
    size_t size;
};

// Line by line from *at = 0; the end of the text ends the last one. False behind it.
bool bt_line_next(const char *text, size_t size, size_t *at, struct bt_line *ret);
// Blanks, asterisks and quotes that stand in front.
void bt_line_skip_blanks(struct bt_line *l);
// Takes `key` and the colon or equals sign behind it from the front of a line; case is ignored.
bool bt_line_take_key(struct bt_line l, const char *key, struct bt_line *ret);

// Characters of file names.
bool bt_line_is_name_char(char c);
// The name at the front, at most `limit` bytes with its NUL; returns its length, 0: none.
size_t bt_line_copy_name(const char *text, size_t size, char *ret, size_t limit);
// A number at the front; the line moves behind it.
bool bt_line_take_hex(struct bt_line *l, uint64_t *ret);
bool bt_line_take_decimal(struct bt_line *l, uint32_t *ret);
// A file version of four parts ("5.2.3790.1830") at the front; returns its length, 0: none.
size_t bt_line_copy_version(const char *text, size_t size,
                            char ret[static BT_LINE_VERSION_SIZE]);

// The place behind the first occurrence of a word, 0: none; case is ignored.
size_t bt_line_find_word(struct bt_line l, const char *word);
// What is left of the line from `at` on, which must not be behind its end.
struct bt_line bt_line_behind(struct bt_line l, size_t at);

#endif
