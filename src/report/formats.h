// SPDX-License-Identifier: MIT
//
// The output formats by name, and those that are made of one result. What is drawn from all
// results together is in report/run.h.
#ifndef BT_REPORT_FORMATS_H
#define BT_REPORT_FORMATS_H

#include "report/report.h"

// Writes one result; what stands between results is said by the format.
typedef void bt_output_writer(const struct bt_result *result,
                              const struct bt_report_options *options, struct bt_buf *out);

struct bt_output_format {
    const char *name; // "ndjson"
    const char *help; // a few words
    bt_output_writer *write;
    void (*head)(struct bt_buf *out); // before the first result; NULL: nothing
    const char *between, *after;      // results; after the last one
    const char *none; // the whole output where there is no result; NULL: nothing
    bool array;       // results are indented inside an array, unless there is but one input
    bool lines;       // each result is one line, or a few, that stand for themselves
    bool collects;    // drawn at the end from all results: `write` makes records for that
    bool hashes;      // wants the SHA-256 of the input
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
