// SPDX-License-Identifier: MIT
//
// The output formats by name, and those that are made of one result. What is drawn from all
// results together is in report/run.h.
#ifndef BT_REPORT_FORMATS_H
#define BT_REPORT_FORMATS_H

#include "report/report.h"
#include "report/run.h"

// Writes one result; what stands between results is said by the format.
typedef void bt_output_writer(const struct bt_result *result,
                              const struct bt_report_options *options, struct bt_buf *out);

struct bt_output_format {
    const char *name; // "ndjson"
    const char *help; // a few words
    bt_output_writer *write;
    // What stands around results; NULL: nothing.
    void (*head)(struct bt_buf *out); // before the first
    const char *between;              // before every other
    const char *end;                  // after each
    const char *after;                // after the last
    const char *none;                 // instead of all that, where there is no result
    // Results stand in an array, indented; but one that is alone stands alone, with a line feed
    // after it.
    bool array;
    bool records; // lines of schema bugtriage.record/1: can be resumed and grouped
    bool hashes;  // wants the SHA-256 of the input
    // Drawn at the end from all results: `write` makes records for that. NULL: written as they
    // come.
    void (*draw)(const struct bt_run *run, const struct bt_run_options *options,
                 struct bt_buf *out);
};

// NULL: there is none of that name.
const struct bt_output_format *bt_output_format_find(const char *name);
// All of them, for messages and help; NULL past the last.
const struct bt_output_format *bt_output_format_at(size_t index);

// Comma-separated values: the line of column names, and one line for a result.
void bt_report_csv_head(struct bt_buf *out);
void bt_report_csv(const struct bt_result *result, const struct bt_report_options *options,
                   struct bt_buf *out);

// Text for a ticket: fewer than BT_TICKET_SIZE bytes, the signature in the first line.
enum { BT_TICKET_SIZE = 32000 };
void bt_report_ticket(const struct bt_result *result, const struct bt_report_options *options,
                      struct bt_buf *out);
// The body of the request that creates that ticket.
void bt_report_jira(const struct bt_result *result, const struct bt_report_options *options,
                    struct bt_buf *out);
void bt_report_servicenow(const struct bt_result *result,
                          const struct bt_report_options *options, struct bt_buf *out);
void bt_report_zendesk(const struct bt_result *result, const struct bt_report_options *options,
                       struct bt_buf *out);

// A document of the Elastic Common Schema, and the same behind the action line that the _bulk
// interface wants.
void bt_report_ecs(const struct bt_result *result, const struct bt_report_options *options,
                   struct bt_buf *out);
void bt_report_es_bulk(const struct bt_result *result, const struct bt_report_options *options,
                       struct bt_buf *out);

#endif
