// SPDX-License-Identifier: MIT
//
// A page of text for people: words are wrapped at the width of the screen with a hanging
// indentation, everything goes through escape.h, styles cost no columns and vanish where there
// is no colour.
#ifndef BT_REPORT_PAGE_H
#define BT_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum bt_style {
    BT_STYLE_PLAIN,
    BT_STYLE_STRONG, // what the eye should find first
    BT_STYLE_DIM,    // labels
    BT_STYLE_GOOD,
    BT_STYLE_WARN,
    BT_STYLE_BAD,
};

struct bt_page {
    struct bt_buf *out; // borrowed
    size_t width;       // columns
    size_t column;      // where the next character goes, from 0
    bool gap;           // an empty line is owed before the next text
    bool colour;
    bool utf8;
};

// Ends the line.
void bt_page_end(struct bt_page *page);
// An empty line before whatever comes next; none at the start and end of a page, never two.
void bt_page_gap(struct bt_page *page);
// Spaces up to a column; nothing where the line is already there.
void bt_page_to(struct bt_page *page, size_t column);
// Text as it is, never wrapped. NULL writes nothing.
void bt_page_put(struct bt_page *page, enum bt_style style, const char *text);
void bt_page_putf(struct bt_page *page, enum bt_style style, const char *format, ...)
    BT_PRINTF(3, 4);
// Words from here on; a line that is full continues at column `indent` of the next one. A word
// that is longer than a line is not broken. Line feeds in the text count as spaces.
void bt_page_wrap(struct bt_page *page, size_t indent, const char *text);
// The same up to column `right` instead of the width.
void bt_page_wrap_to(struct bt_page *page, size_t indent, size_t right, const char *text);

// Columns that a text will take.
size_t bt_page_columns(const struct bt_page *page, const char *text);

// What stands between the items of a list on one line: a middle dot where there is one.
const char *bt_page_separator(const struct bt_page *page);

#endif
