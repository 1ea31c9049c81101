// SPDX-License-Identifier: MIT
//
// One character of a source text and what it is in plain text: pages write numbers and names
// with entities, and archives mix UTF-8 with single bytes of Windows-1252.
#ifndef BT_KB_IMPORT_CHARACTERS_H
#define BT_KB_IMPORT_CHARACTERS_H

#include <stddef.h>
#include <stdint.h>

// Takes the character at the start of text[0..size), size not 0; returns how many bytes it has.
// *ret is its code point, dashes, quotes and blanks of all kinds as the ASCII ones, a separator
// of lines as '\n'; 0 where nothing is to be seen, such as a soft hyphen.
size_t bt_import_character(const char *text, size_t size, uint32_t *ret);

#endif
