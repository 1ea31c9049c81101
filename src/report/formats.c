// SPDX-License-Identifier: MIT
#include "report/formats.h"

#include <string.h>

static void start_array(struct bt_buf *out)
{
    bt_buf_text(out, "[\n  ");
}

static const struct bt_output_format formats[] = {
    {.name = "text", .help = "for people", .write = bt_report_text, .between = "\n"},
    {.name = "json",
     .help = "records: an object for one input, else an array",
     .write = bt_report_json,
     .head = start_array,
     .between = ",\n  ",
     .after = "\n]\n",
     .none = "[]\n",
     .array = true},
    {.name = "ndjson",
     .help = "records, one on each line",
     .write = bt_report_json,
     .end = "\n",
     .records = true},
    {.name = "csv",
     .help = "one line for each dump, for a spreadsheet",
     .write = bt_report_csv,
     .head = bt_report_csv_head},
    {.name = "html",
     .help = "one page about all dumps, for a browser",
     .write = bt_report_json,
     .draw = bt_report_html},
    {.name = "summary",
     .help = "the most frequent problems of all dumps, for people",
     .write = bt_report_json,
     .draw = bt_report_summary},
    {.name = "ticket",
     .help = "text for a ticket",
     .write = bt_report_ticket,
     .between = "\f\n"},
    {.name = "jira",
     .help = "request body that creates a Jira issue",
     .write = bt_report_jira,
     .end = "\n",
     .hashes = true},
    {.name = "servicenow",
     .help = "request body that creates a ServiceNow incident",
     .write = bt_report_servicenow,
     .end = "\n",
     .hashes = true},
    {.name = "zendesk",
     .help = "request body that creates a Zendesk ticket",
     .write = bt_report_zendesk,
     .end = "\n",
     .hashes = true},
    {.name = "ecs",
     .help = "documents of the Elastic Common Schema, one on each line",
     .write = bt_report_ecs,
     .end = "\n"},
    {.name = "es-bulk",
     .help = "the same for Elasticsearch's _bulk interface",
     .write = bt_report_es_bulk,
     .end = "\n",
     .hashes = true},
};

const struct bt_output_format *bt_output_format_find(const char *name)
{
    for (size_t i = 0; i < BT_COUNT(formats); i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    }
    return NULL;
}

const struct bt_output_format *bt_output_format_at(size_t index)
{
    return index < BT_COUNT(formats) ? &formats[index] : NULL;
}
