// SPDX-License-Identifier: MIT
//
// Lines of comma-separated values (RFC 4180) that are safe to open in a spreadsheet: a cell
// that a spreadsheet would take for a formula gets an apostrophe in front. Inside the report
// room only.
#ifndef BT_REPORT_CSV_H
#define BT_REPORT_CSV_H

#include "base/buf.h"
#include "base/optional.h"

struct bt_csv {
    struct bt_buf *out; // borrowed
    size_t column;      // cells written on this line
};

void bt_csv_text(struct bt_csv *csv, const char *text); // NULL: an empty cell
void bt_csv_number(struct bt_csv *csv, uint64_t value);
void bt_csv_time(struct bt_csv *csv, struct bt_opt64 filetime); // ISO 8601; empty: not known
void bt_csv_end(struct bt_csv *csv);

#endif
