// SPDX-License-Identifier: MIT
//
// A result made into bytes. Every function here is pure: it looks at no terminal, no clock, no
// environment and no file; what depends on them comes in as options. Same result and options,
// same bytes.
#ifndef BT_REPORT_REPORT_H
#define BT_REPORT_REPORT_H

#include <bugtriage/report.h> // struct bt_report_options

#include "base/buf.h"
#include "verdict/result.h"

enum { BT_REPORT_WIDTH = 96 }; // where the options name none

// A report for people, ending with a line feed.
void bt_report_text(const struct bt_result *result, const struct bt_report_options *options,
                    struct bt_buf *out);

// One record of schema bugtriage.record/1 (docs/schema/record-1.json), without a line feed at
// its end.
void bt_report_json(const struct bt_result *result, const struct bt_report_options *options,
                    struct bt_buf *out);

#endif
