// SPDX-License-Identifier: MIT
//
// The right-hand sides: expressions over numbers, times and names, and lists of bytes.
#ifndef BT_MK_VALUE_H
#define BT_MK_VALUE_H

#include "base/buf.h"
#include "mk_dump.h"

// The value of an expression: terms joined by + - and |, from left to right. A term is a
// number, a time, a duration, SECTION (its address), SECTION.KEY (a property or a field as the
// text sets it), SECTION.offset and SECTION.length (place in the file), SECTION@FIELD (where
// the field lies in its record). `width` is the size in bytes of the place that the value goes
// to: a time becomes seconds since 1970 in 4 bytes and a FILETIME in 8.
enum bt_status mk_eval(struct mk_dump *dump, struct mk_place place, const char *text,
                       unsigned width, uint64_t *ret, struct bt_error *err) BT_MUST_USE;

// The bytes of a list: groups separated by ';', each one of
//   u8 u16 u32 u64 pointer EXPRESSION, ...    text "..."    utf16 "..."    zero COUNT
//   page COUNT    hex 00 1f ...    00 1f ...
// With `measure` names are not looked up: only the number of bytes is right.
enum bt_status mk_bytes(struct mk_dump *dump, struct mk_place place, const char *text,
                        bool measure, struct bt_buf *ret, struct bt_error *err) BT_MUST_USE;

// A text in quotes with its escapes (\n \r \t \" \\ \xHH) undone, at `*text`, which moves past
// it. BT_ABSENT where no quote stands there.
enum bt_status mk_quoted(struct mk_place place, const char **text, struct bt_buf *ret,
                         struct bt_error *err) BT_MUST_USE;

// Appends UTF-8 as UTF-16LE. "\xHH" bytes that are no UTF-8 become lone surrogates, so that a
// text can hold one: \xff gives U+DCFF.
void mk_utf16(struct bt_buf *to, const char *text, size_t size);

#endif
