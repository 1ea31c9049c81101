// SPDX-License-Identifier: MIT
//
// Text from a dump, from an article or from the command line, made harmless for where it goes.
// One rule decides what is harmful, for terminals and for JSON alike: control characters
// (C0, DEL, C1), the characters that reorder or hide text on a screen, and line and paragraph
// separators.
#ifndef BT_REPORT_ESCAPE_H
#define BT_REPORT_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

// Whether a code point must not reach a terminal as it is.
bool bt_is_unsafe(uint32_t code_point);

// Appends text[0..size) for a terminal: unsafe characters become \x1b or \u202e, a byte that is
// no UTF-8 becomes \xff; with `utf8` false everything outside ASCII becomes \u00e9. A backslash
// stays itself: Windows paths are full of them. Returns the columns that were written, one for
// each code point. A NULL `out` only measures.
size_t bt_escape_terminal(struct bt_buf *out, const char *text, size_t size, bool utf8);

// Appends text[0..size) as the inside of a JSON string: unsafe characters become \u001b, bytes
// that are no UTF-8 become U+FFFD.
void bt_escape_json(struct bt_buf *out, const char *text, size_t size);

// Whether the text stands for itself in JSON: plain ASCII without quotes and backslashes.
bool bt_is_plain_json(const char *text, size_t size);

#endif
