// SPDX-License-Identifier: MIT
//
// Results as text for people or as JSON records (docs/json-schema.md).
#ifndef BUGTRIAGE_REPORT_H
#define BUGTRIAGE_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include <bugtriage/api.h>
#include <bugtriage/error.h>
#include <bugtriage/triage.h>

#ifdef __cplusplus
extern "C" {
#endif

enum bt_report_format {
    BT_REPORT_FORMAT_TEXT, // lines for people
    BT_REPORT_FORMAT_JSON, // one record, without a line feed at its end
};

// All zero is the default: plain ASCII text, JSON on one line.
struct bt_report_options {
    unsigned width;      // text: columns, 0 for 96
    bool colour;         // text: escape sequences for a terminal
    bool utf8;           // text: may hold characters outside ASCII
    bool explain;        // text: every article in full, evidence line by line, all warnings
    bool all;            // also the articles that do not fit, with the reason
    bool modules;        // text: the module lists
    bool stack;          // text: the whole stack
    bool threads;        // text: the stacks of the other threads, where triage walked them
    unsigned indent;     // JSON: spaces a level, 0 for one line
    unsigned nesting;    // JSON: levels that the record stands inside of, for its indentation
    const char *project; // unused in text and JSON: the Jira project of tickets, NULL for none
};

// Makes a report. `options` may be NULL. On success *ret is NUL-terminated, *ret_size (where
// not NULL) is its length, and it is to be freed with bt_report_free.
BUGTRIAGE_API enum bt_status bt_report_make(const struct bt_triage *triage,
                                            enum bt_report_format format,
                                            const struct bt_report_options *options, char **ret,
                                            size_t *ret_size,
                                            struct bt_error *err) BUGTRIAGE_MUST_USE;
BUGTRIAGE_API void bt_report_free(char *report); // NULL is accepted

#ifdef __cplusplus
}
#endif
#endif
