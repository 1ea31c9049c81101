// SPDX-License-Identifier: MIT
//
// What many dumps add up to: the numbers and lists that a summary and an HTML report are drawn
// from. Data only; the batch room fills it from records. Texts may be NULL where the records do
// not tell; they are valid UTF-8 or escaped by whoever prints them.
#ifndef BT_REPORT_RUN_H
#define BT_REPORT_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "crash/crash.h"
#include "rules/match.h"

// How often an article came up, over all dumps or within one problem.
struct bt_run_article {
    const char *id;
    const char *title;
    const char *url;
    enum bt_fit best; // the strongest verdict it had
    uint64_t dumps;   // dumps that it fits
    uint64_t by_fit[BT_FIT_FIXED + 1];
    bool has_fix;
    uint64_t by_fix[BT_FIX_INSTALLED + 1]; // dumps by hotfix status; all 0 without a fix
};

// How often one thing came up: a driver, a machine, a version of Windows.
struct bt_run_count {
    const char *name;
    const char *detail; // company of a driver
    uint64_t dumps;
    size_t problems;             // distinct ones
    struct bt_opt64 first, last; // bt_filetime
};

struct bt_run_evidence {
    const char *fact;
    enum bt_truth result;
    const char *detail;
};

// An article as it was judged for one dump.
struct bt_run_advice {
    const char *id, *title, *url;
    enum bt_fit fit;
    bool has_fix;
    enum bt_fix_status fix;
    const char *fix_note;
    const char *cause, *resolution, *workaround;
    struct bt_run_evidence *evidence;
    size_t evidence_count;
    const char **ask;
    size_t ask_count;
};

struct bt_run_parameter {
    const char *value, *role, *meaning;
};

// One dump of a problem, told in more detail: the first that was read.
struct bt_run_example {
    const char *path;
    const char *description; // of the stop code
    const char *subcode;
    struct bt_run_parameter parameters[4];
    const char *process, *system;
    const char *culprit_reason, *verdict_reason;
    struct bt_run_advice *advice;
    size_t advice_count;
};

// All dumps with one signature.
struct bt_run_problem {
    const char *group; // the signature
    const char *code, *code_name;
    const char *culprit, *company; // NULL: no module can be named
    uint64_t dumps;
    size_t machines;                 // distinct ones; 0: the records do not tell
    bool machines_cut;               // at least that many
    struct bt_opt64 first, last;     // bt_filetime
    bool is_new;                     // not in the baseline
    struct bt_run_article *articles; // best first
    size_t article_count;
    struct bt_run_example *example; // NULL: not kept
    size_t number;                  // in the order of first appearance
};

// One dump in a table.
struct bt_run_row {
    const char *path, *machine;
    struct bt_opt64 time;
    const char *status;  // "ok", "partial", "unreadable" ...
    const char *problem; // why it could not be read
    size_t group;        // index in problems, BT_RUN_NO_PROBLEM: no crash was read
    const char *article; // that fits best
    bool has_fix;
    enum bt_fix_status fix;
};

#define BT_RUN_NO_PROBLEM SIZE_MAX

struct bt_run {
    const char *tool_version;
    const char **knowledge; // versions of the knowledge that the records were made with
    size_t knowledge_count;

    uint64_t records;       // all that were counted, unreadable ones included
    uint64_t crashes;       // records that tell of a crash
    uint64_t without_crash; // records that were read and tell of none
    uint64_t by_status[BT_READ_CRASHED + 1];
    uint64_t without_time;
    uint64_t with_article; // crashes that at least one article fits
    uint64_t too_old;      // left out: older than `since`
    uint64_t undated;      // left out: `since` was asked for and they have no time
    uint64_t damaged;      // lines that are no record
    struct bt_opt64 since;
    bool has_baseline;
    size_t new_problems;  // not in the baseline
    size_t gone_problems; // in the baseline, not here
    struct bt_opt64 first, last;

    struct bt_run_problem *problems; // most dumps first
    size_t problem_count;
    struct bt_run_article *articles; // those that help most first
    size_t article_count;
    struct bt_run_count *drivers, *machines, *systems, *unreadable; // most dumps first
    size_t driver_count, machine_count, system_count, unreadable_count;
    uint32_t *days; // crashes on day_first + i
    size_t day_count;
    bt_filetime day_first;   // midnight
    struct bt_run_row *rows; // in the order of the input
    size_t row_count;
    uint64_t rows_dropped; // more than the table holds
};

// Lines of one chart, at most; years that crashes can lie in.
enum { BT_RUN_CHART_LINES = 40, BT_RUN_YEARS = 110 };

struct bt_run_options {
    unsigned width; // columns of a text; 0: BT_REPORT_WIDTH
    bool colour;
    bool utf8;
    size_t top;          // lists no longer than this; 0: the format's own choice
    bool redact;         // machines get numbers instead of names
    const char *title;   // of a report; NULL: none
    const char *project; // of Jira tickets; NULL: none
};

struct bt_buf;

// For people, ending with a line feed.
void bt_report_summary(const struct bt_run *run, const struct bt_run_options *options,
                       struct bt_buf *out);
// One page that needs nothing else: styles, script and charts are inside, nothing is fetched.
void bt_report_html(const struct bt_run *run, const struct bt_run_options *options,
                    struct bt_buf *out);
// Schema bugtriage.groups/1 (docs/schema/groups-1.json), ending with a line feed.
void bt_report_groups_json(const struct bt_run *run, const struct bt_run_options *options,
                           struct bt_buf *out);
// The problems of the same, one object per line.
void bt_report_groups_ndjson(const struct bt_run *run, const struct bt_run_options *options,
                             struct bt_buf *out);
// One line per problem; columns as documented in docs/fleet.md.
void bt_report_groups_csv(const struct bt_run *run, const struct bt_run_options *options,
                          struct bt_buf *out);
// A ticket for each of the most frequent problems: texts with a form feed between them, or one
// request body on each line.
void bt_report_problem_tickets(const struct bt_run *run, const struct bt_run_options *options,
                               struct bt_buf *out);
void bt_report_problem_jira(const struct bt_run *run, const struct bt_run_options *options,
                            struct bt_buf *out);
void bt_report_problem_servicenow(const struct bt_run *run,
                                  const struct bt_run_options *options, struct bt_buf *out);
void bt_report_problem_zendesk(const struct bt_run *run, const struct bt_run_options *options,
                               struct bt_buf *out);

#endif
