// SPDX-License-Identifier: MIT
//
// Finding keys and values in text that people paste. Positions are bytes from its start; every
// step stays below an end.
#ifndef BT_KB_EXCEPTION_SCAN_H
#define BT_KB_EXCEPTION_SCAN_H

#include "kb/exception_text.h"

struct bt_scan_text {
    const struct bt_kb *kb;
    const char *text;
    size_t size;
};

#define BT_SCAN_NONE SIZE_MAX

// The position behind the first `key` in from..to that begins a word, ASCII case ignored;
// BT_SCAN_NONE.
size_t bt_scan_find(const struct bt_scan_text *s, size_t from, size_t to, const char *key);
// The same for the first of several keys that is found, in their order; the list ends with
// NULL.
size_t bt_scan_find_any(const struct bt_scan_text *s, size_t from, size_t to,
                        const char *const *keys);
// Past blanks, colons, equals signs and quotes.
size_t bt_scan_skip(const struct bt_scan_text *s, size_t at);
// The value at `at`, up to the end of the line or one of `ends`, without blanks around it.
// False where it is empty or too long.
bool bt_scan_value(const struct bt_scan_text *s, size_t at, const char *ends,
                   char ret[BT_EXCEPTION_TEXT_WORD]);
// The hexadecimal number at `at`, with or without 0x.
bool bt_scan_hex(const struct bt_scan_text *s, size_t at, uint64_t *ret);
// The same behind the first `key` in from..to.
bool bt_scan_hex_of(const struct bt_scan_text *s, size_t from, size_t to, const char *key,
                    uint64_t *ret);
// A file name: the last part of a path. False where it is none.
bool bt_scan_file(const char *value, struct bt_exception_text_file *ret);
void bt_scan_version(const char *value, struct bt_exception_text_file *ret);
void bt_scan_stamp(const char *value, struct bt_exception_text_file *ret);

// exception_lines.c: what debuggers, message boxes, Dr. Watson, other readers and Linux write.
bool bt_exception_lines_read(const struct bt_scan_text *s, struct bt_exception_text *ret);

// exception_names.c: "SEGV_MAPERR", "KERN_INVALID_ADDRESS"; false for others.
bool bt_exception_flags_by_name(const char *name, uint32_t *ret);

#endif
