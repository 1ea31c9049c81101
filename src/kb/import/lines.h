// SPDX-License-Identifier: MIT
//
// The lines of an article's text, made alike whatever the shape: UTF-8, no carriage returns,
// markup of tables and emphasis removed, entities decoded, headings on lines of their own.
#ifndef BT_KB_IMPORT_LINES_H
#define BT_KB_IMPORT_LINES_H

#include "kb/import/import.h"

struct bt_import_line {
    const char *text; // trimmed
    size_t size;
    uint32_t number;     // of the source, from 1
    const char *heading; // canonical heading when the line is one, else NULL
};

struct bt_import_lines {
    struct bt_import_line *items;
    size_t count;
    const char *text; // all lines joined with '\n': what is searched as a whole
    size_t size;
    uint32_t *line_of; // source line of each of `size` bytes of `text`
};

enum bt_status bt_import_lines_make(struct bt_span raw, enum bt_import_shape shape,
                                    struct bt_arena *arena, struct bt_import_lines *ret,
                                    struct bt_error *err) BT_MUST_USE;

enum bt_import_shape bt_import_shape_of(struct bt_span raw);

// Case-insensitive search for a phrase in text[0..size); NULL where it is not there.
const char *bt_import_find(const char *text, size_t size, const char *phrase);

#endif
