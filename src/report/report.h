// SPDX-License-Identifier: MIT
//
// A result made into bytes. Every function here is pure: it looks at no terminal, no clock, no
// environment and no file; what depends on them comes in as options. Same result and options,
// same bytes.
#ifndef BT_REPORT_REPORT_H
#define BT_REPORT_REPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "verdict/result.h"

struct bt_report_options {
    unsigned width;   // columns of a text report; 0: BT_REPORT_WIDTH
    bool colour;      // escape sequences for a terminal
    bool utf8;        // text may hold characters outside ASCII
    bool explain;     // every article in full, evidence line by line, all warnings
    bool all;         // also the articles that do not fit, with the reason
    bool modules;     // the module lists
    bool stack;       // the whole stack
    unsigned indent;  // JSON: spaces a level, 0 for one line
    unsigned nesting; // JSON: levels that the record stands inside of, for its indentation
};

enum { BT_REPORT_WIDTH = 96 };

// A report for people, ending with a line feed.
void bt_report_text(const struct bt_result *result, const struct bt_report_options *options,
                    struct bt_buf *out);

// One record of schema bugtriage.record/1 (docs/schema/record-1.json), without a line feed at
// its end.
void bt_report_json(const struct bt_result *result, const struct bt_report_options *options,
                    struct bt_buf *out);

#endif
