// SPDX-License-Identifier: MIT
//
// How people and programs write a stop in text: blue screens, event log entries, error reports,
// debugger output and articles, with the typing errors that three decades of them hold.
#ifndef BT_KB_STOP_TEXT_H
#define BT_KB_STOP_TEXT_H

#include "kb/kb.h"

// One mention of a stop.
struct bt_stop_text {
    size_t start, end; // bytes of the text that it was read from
    const char *form;  // "blue screen", "event 1001", "error report", ... for messages
    uint32_t code;     // as written, flag of the small-dump variants included
    bool repaired;     // the digits were wrong and one known code fits
    unsigned count;    // parameters written, 0 to 4
    bool known[4];     // false where a word stands in place of a number
    uint64_t parameters[4];
};

// Finds the next mention at or after *at and moves *at behind it; false when there is none.
// `kb` tells which codes and names exist: it is needed for repairs and for names without a
// number.
bool bt_stop_text_next(const struct bt_kb *kb, const char *text, size_t size, size_t *at,
                       struct bt_stop_text *ret);

// The mention that says most: most parameters, first of equals. False when there is none.
bool bt_stop_text_best(const struct bt_kb *kb, const char *text, size_t size,
                       struct bt_stop_text *ret);

// A stop code by its symbolic name, in any style that has been seen: case, blanks, dashes and
// underscores do not matter.
bool bt_stop_by_name(const struct bt_kb *kb, const char *name, size_t size, uint32_t *ret);

#endif
