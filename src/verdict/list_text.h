// SPDX-License-Identifier: MIT
//
// The lines of a text that a tool of Windows wrote: UTF-16 with or without a mark, UTF-8, or a
// code page of which only the ASCII part is looked at.
#ifndef BT_VERDICT_LIST_TEXT_H
#define BT_VERDICT_LIST_TEXT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"

struct bt_list_text {
    const char *text; // in the arena, or the bytes themselves
    size_t size;
    size_t at;     // of the next line
    uint32_t line; // number of the line that was read last, from 1
};

enum bt_status bt_list_text_open(struct bt_span bytes, struct bt_arena *arena,
                                 struct bt_list_text *ret, struct bt_error *err) BT_MUST_USE;

struct bt_piece {
    const char *text; // not NUL-terminated
    size_t size;
};

// The next line without its end and without blanks at its end.
bool bt_list_text_next(struct bt_list_text *text, struct bt_piece *ret);

// A piece without blanks and quotation marks around it.
struct bt_piece bt_piece_trim(struct bt_piece piece);
// The rest of a piece from `at` on; empty past its end.
struct bt_piece bt_piece_from(struct bt_piece piece, size_t at);
bool bt_piece_is(struct bt_piece piece, const char *word); // ASCII case does not matter
bool bt_piece_starts(struct bt_piece piece, const char *word);
// Where a word starts in a piece; the size of the piece where it does not.
size_t bt_piece_find(struct bt_piece piece, const char *word);

// The next field of a line of comma-separated values; false at its end. Fields may stand in
// quotation marks.
bool bt_piece_next_field(struct bt_piece *line, struct bt_piece *ret);

// Tables whose columns are aligned by characters: where a column begins by its title, SIZE_MAX
// where it is not there, and a line from there on.
size_t bt_piece_find_column(struct bt_piece line, const char *title);
struct bt_piece bt_piece_from_column(struct bt_piece line, size_t column);
// Which field of a line of comma-separated values a word is; SIZE_MAX: none.
size_t bt_piece_find_field(struct bt_piece line, const char *word);
// Up to the first blank.
struct bt_piece bt_piece_first_word(struct bt_piece piece);

// "label: value" or "label=value" of a line that starts with the label; both trimmed.
bool bt_piece_split(struct bt_piece line, struct bt_piece *ret_label,
                    struct bt_piece *ret_value);

// The number of an update: "KB2792165", "Q243852", at the start of a piece and ending there.
// *ret_size is what it takes of it.
bool bt_piece_update(struct bt_piece piece, uint32_t *ret, size_t *ret_size);

// A version, "6.1.7601": its third number. *ret_rest is what follows the version.
bool bt_piece_build(struct bt_piece piece, uint32_t *ret, struct bt_piece *ret_rest);

#endif
