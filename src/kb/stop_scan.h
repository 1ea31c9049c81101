// SPDX-License-Identifier: MIT
//
// Reading a stop out of text, step by step. Inside the kb room only.
#ifndef BT_KB_STOP_SCAN_H
#define BT_KB_STOP_SCAN_H

#include "kb/stop_text.h"

// A position that moves forward; every step checks the end.
struct bt_stop_scan {
    const struct bt_kb *kb;
    const char *text;
    size_t size;
    size_t pos;
};

struct bt_stop_number {
    uint64_t value;
    size_t digits;
    bool prefixed; // 0x or one of its misspellings
};

char bt_stop_scan_peek(const struct bt_stop_scan *s); // '\0' at the end
bool bt_stop_scan_is_word(char c);                    // letter, digit or underscore
void bt_stop_scan_skip(struct bt_stop_scan *s, const char *set);

// Takes `word` without regard to case, whatever follows; the second only where neither a letter
// nor a digit follows.
bool bt_stop_scan_take(struct bt_stop_scan *s, const char *word);
bool bt_stop_scan_take_word(struct bt_stop_scan *s, const char *word);

// A hexadecimal number that ends at something that is neither letter nor digit. The position
// stays where there is none. The second reads decimal digits unless a prefix, a letter or zeros
// up to eight digits say otherwise.
bool bt_stop_scan_hex(struct bt_stop_scan *s, struct bt_stop_number *ret);
bool bt_stop_scan_decimal_or_hex(struct bt_stop_scan *s, struct bt_stop_number *ret);

// Takes a number for a stop code, repaired where it is none; false where it cannot be one.
bool bt_stop_scan_accept_code(const struct bt_stop_scan *s, const struct bt_stop_number *n,
                              struct bt_stop_text *ret);

// Finds `key` in the next `reach` bytes and takes the number behind it.
bool bt_stop_scan_keyed(struct bt_stop_scan *s, const char *key, size_t reach, bool decimal,
                        struct bt_stop_number *ret);

// Reads the list of parameters behind a code: "(p1, p2, p3, p4)", "{p1 p2 p3 p4}", words of
// eight digits without brackets. The position stays where there is none, or where the numbers
// are more codes. The second takes one parameter, a word in its place included.
void bt_stop_scan_parameters(struct bt_stop_scan *s, struct bt_stop_text *ret);
bool bt_stop_scan_parameter(struct bt_stop_scan *s, struct bt_stop_text *ret);

// A debugger's "Arguments a b c d" or "Arg1: ..." below the stop that was read last.
void bt_stop_scan_arguments(struct bt_stop_scan *s, struct bt_stop_text *ret);

// ", 0x1E, and 0x50" behind a code: more codes, and not its parameters. The second takes what
// joins the last one: "or", "and".
bool bt_stop_scan_is_enumeration(const struct bt_stop_scan *s);
bool bt_stop_scan_and(struct bt_stop_scan *s);

// A report whose fields have names, where the name of the code stands here.
bool bt_stop_scan_keyed_forms(const struct bt_stop_scan *s, struct bt_stop_text *ret);

#endif
