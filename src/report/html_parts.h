// SPDX-License-Identifier: MIT
//
// The sections of the HTML report, and how text gets into it; inside the report room only.
#ifndef BT_REPORT_HTML_PARTS_H
#define BT_REPORT_HTML_PARTS_H

#include "base/buf.h"
#include "report/run.h"

// Text as the content of an element or of a quoted attribute: markup is escaped, characters
// that nobody can see or that reorder text become visible, bytes that are no UTF-8 become
// U+FFFD. NULL adds nothing.
void bt_html_text(struct bt_buf *out, const char *text);
// A link where `url` is an address of the web, else the text alone.
void bt_html_link(struct bt_buf *out, const char *url, const char *text);
// "2024-05-06"; nothing where it is not known.
void bt_html_date(struct bt_buf *out, struct bt_opt64 time);
// A word in a small frame, such as a verdict. The word is also its class.
void bt_html_tag(struct bt_buf *out, const char *word, const char *text);

// html_charts.c
void bt_html_time_chart(struct bt_buf *out, const struct bt_run *run);
struct bt_html_bar {
    const char *name, *detail;
    const char *url; // of the name; NULL: none
    size_t section;  // number of the problem whose section the name leads to; 0: none
    uint64_t count;
    bool has_parts; // the bar shows `parts` instead of `count`
    uint64_t parts[BT_FIX_INSTALLED + 1];
};
// A heading and a list of bars; nothing for an empty list.
void bt_html_bars(struct bt_buf *out, const char *heading, const struct bt_html_bar *bars,
                  size_t count);

// html_problem.c: one section; `number` counts from 1.
void bt_html_problem(struct bt_buf *out, const struct bt_run *run, size_t number,
                     bool has_table);
// "0x000000d1 DRIVER_IRQL_NOT_LESS_OR_EQUAL in acme.sys"
void bt_html_problem_name(struct bt_buf *out, const struct bt_run_problem *problem);

// html_table.c: the table of dumps with its controls; `sections` problems have one.
void bt_html_table(struct bt_buf *out, const struct bt_run *run, size_t sections);

#endif
