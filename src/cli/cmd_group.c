// SPDX-License-Identifier: MIT
//
// bugtriage group [OPTION]... RECORDS...
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "batch/group.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/messages.h"
#include "cli/printer.h"
#include "cli/process.h"

enum {
    OPTION_FORMAT = 256,
    OPTION_TOP,
    OPTION_SINCE,
    OPTION_BASELINE,
    OPTION_MACHINE_FOLDER,
    OPTION_JIRA_PROJECT,
    OPTION_REDACT,
    OPTION_TITLE,
    OPTION_WIDTH,
    OPTION_NO_COLOR,
};

static const struct option group_options[] = {
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"output", required_argument, NULL, 'o'},
    {"top", required_argument, NULL, OPTION_TOP},
    {"since", required_argument, NULL, OPTION_SINCE},
    {"baseline", required_argument, NULL, OPTION_BASELINE},
    {"machine-folder", required_argument, NULL, OPTION_MACHINE_FOLDER},
    {"jira-project", required_argument, NULL, OPTION_JIRA_PROJECT},
    {"redact", no_argument, NULL, OPTION_REDACT},
    {"title", required_argument, NULL, OPTION_TITLE},
    {"width", required_argument, NULL, OPTION_WIDTH},
    {"no-color", no_argument, NULL, OPTION_NO_COLOR},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

typedef void draw_run(const struct bt_run *run, const struct bt_run_options *options,
                      struct bt_buf *out);

// What a run looks like in each format.
static const struct {
    const char *name;
    draw_run *draw;
    bool rows, examples; // what of the tally it needs
} formats[] = {
    {"text", bt_report_summary, false, false},
    {"summary", bt_report_summary, false, false},
    {"json", bt_report_groups_json, false, true},
    {"ndjson", bt_report_groups_ndjson, false, true},
    {"csv", bt_report_groups_csv, false, true},
    {"html", bt_report_html, true, true},
    {"ticket", bt_report_problem_tickets, false, true},
    {"jira", bt_report_problem_jira, false, true},
    {"servicenow", bt_report_problem_servicenow, false, true},
    {"zendesk", bt_report_problem_zendesk, false, true},
};

struct group {
    size_t format;             // in formats
    struct bt_options options; // those that reports have in common
    struct bt_tally_options tally;
    const char *baseline, *title;
};

static int refuse(const char *what, const char *value)
{
    return bt_usage_error("group", "%s \"%s\"", what, value);
}

static int set_format(struct group *group)
{
    for (size_t i = 0; i < BT_COUNT(formats); i++) {
        if (strcmp(formats[i].name, optarg) != 0)
            continue;
        group->format = i;
        group->tally.rows = formats[i].rows;
        group->tally.examples = formats[i].examples;
        return BT_GO_ON;
    }
    return refuse("unknown format", optarg);
}

static int set_number(const char *what, uint64_t least, uint64_t most, uint64_t *ret)
{
    if (bt_parse_u64(optarg, strlen(optarg), ret) && *ret >= least && *ret <= most)
        return BT_GO_ON;
    return refuse(what, optarg);
}

// "2024-05-31", or "30d": that many days before now.
static int set_since(struct group *group)
{
    static const uint64_t day = 86400;
    size_t size = strlen(optarg);
    uint64_t days;
    bt_filetime since;
    bool date_only;
    if (bt_parse_time(optarg, &since, &date_only)) {
        group->tally.since = bt_some64(since);
        return BT_GO_ON;
    }
    if (size < 2 || bt_lower(optarg[size - 1]) != 'd' ||
        !bt_parse_u64(optarg, size - 1, &days) || days > 40000)
        return refuse("the time must be like 2024-05-31 or 30d, not", optarg);
    uint64_t now = bt_process_unix_time();
    group->tally.since =
        bt_some64(bt_filetime_from_unix(now > days * day ? now - days * day : 0));
    return BT_GO_ON;
}

static int set_value(int option, struct group *group)
{
    uint64_t value = 0;
    int result;
    switch (option) {
    case OPTION_TOP:
        result = set_number("the number of lines must be 1 to 100000, not", 1, 100000, &value);
        group->options.top = (size_t)value;
        return result;
    case OPTION_MACHINE_FOLDER:
        result = set_number("the folder must be 1 to 32, not", 1, 32, &value);
        group->tally.machine_folder = (unsigned)value;
        return result;
    case OPTION_WIDTH:
        result = set_number("the width must be 40 to 1000, not", 40, 1000, &value);
        group->options.width = (unsigned)value;
        return result;
    case OPTION_SINCE:
        return set_since(group);
    default:
        return set_format(group);
    }
}

static int apply(int option, const char *word, struct group *group)
{
    switch (option) {
    case OPTION_BASELINE:
        group->baseline = optarg;
        break;
    case OPTION_TITLE:
        group->title = optarg;
        break;
    case OPTION_JIRA_PROJECT:
        group->options.project = optarg;
        break;
    case 'o':
        group->options.output = optarg;
        break;
    case OPTION_REDACT:
        group->tally.redact = true;
        break;
    case OPTION_NO_COLOR:
        group->options.no_color = true;
        break;
    case 'q':
        group->options.quiet = true;
        break;
    case 'h':
        return bt_print("%s", bt_help_group);
    case ':':
        return refuse("a value is missing after", word);
    case '?':
        return refuse("unknown or ambiguous option", word);
    default:
        return set_value(option, group);
    }
    return BT_GO_ON;
}

static int parse(int argc, char **argv, struct group *group)
{
    opterr = 0; // messages are ours
    optind = 1;
    for (;;) {
        int at = optind;
        int option = getopt_long(argc, argv, ":o:qh", group_options, NULL);
        if (option == -1)
            break;
        int result = apply(option, argv[optind > at ? optind - 1 : at], group);
        if (result != BT_GO_ON)
            return result;
    }
    group->options.arguments = argv + optind;
    group->options.argument_count = (size_t)(argc - optind);
    if (group->options.argument_count == 0)
        return bt_usage_error("group", "no file of records was named");
    const struct bt_options *options = &group->options;
    const char *refused =
        bt_output_refuse(options->output, options->arguments, options->argument_count);
    if (refused != NULL)
        return bt_usage_error("group", "%s %s", options->output, refused);
    return BT_GO_ON;
}

// Reads all files. A file that cannot be read, or only in part, is told, and the others count;
// records that cannot be added up end everything.
static int read_files(const struct group *group, struct bt_tally *tally)
{
    struct bt_error err;
    int exit_status = BT_EXIT_OK;
    if (group->baseline != NULL &&
        bt_group_add_baseline(tally, group->baseline, &err) != BT_OK) {
        bt_message_about(group->baseline, err.message);
        return BT_EXIT_OUTPUT;
    }
    for (size_t i = 0; i < group->options.argument_count; i++) {
        const char *path = group->options.arguments[i];
        enum bt_status status = bt_group_add_file(tally, path, &err);
        if (status == BT_OK)
            continue;
        bt_message_about(path, err.message);
        exit_status = BT_EXIT_INPUT;
        if (status == BT_E_UNSUPPORTED || status == BT_E_NOMEM || status == BT_E_LIMIT)
            return BT_EXIT_OUTPUT;
    }
    return exit_status;
}

static enum bt_status write_out(const char *path, const struct bt_buf *text,
                                struct bt_error *err)
{
    struct bt_output output;
    BT_TRY(bt_buf_status(text, err));
    BT_TRY(bt_output_open(path, &output, err));
    enum bt_status status = bt_output_write(&output, bt_buf_cstr(text), text->size, err);
    enum bt_status closed =
        bt_output_close(&output, status == BT_OK ? BT_OUTPUT_WHOLE : BT_OUTPUT_REMOVE, err);
    return status != BT_OK ? status : closed;
}

static int draw(const struct group *group, const struct bt_run *run)
{
    struct bt_report_options report = bt_printer_options(&group->options, true);
    struct bt_run_options options = {.width = report.width,
                                     .colour = report.colour,
                                     .utf8 = report.utf8,
                                     .top = group->options.top,
                                     .title = group->title,
                                     .project = group->options.project};
    struct bt_buf text;
    struct bt_error err;
    bt_buf_init(&text, 4 * BT_LIMIT_REPORT);
    formats[group->format].draw(run, &options, &text);
    enum bt_status status = write_out(group->options.output, &text, &err);
    bt_buf_fini(&text);
    if (status == BT_OK || status == BT_ABSENT)
        return BT_EXIT_OK;
    bt_message_about(group->options.output != NULL ? group->options.output : "standard output",
                     err.message);
    return BT_EXIT_OUTPUT;
}

static void write_closing_line(const struct bt_run *run)
{
    char damaged[64] = "";
    if (run->damaged != 0)
        snprintf(damaged, sizeof damaged, ", %" PRIu64 " %s no record", run->damaged,
                 run->damaged == 1 ? "line that is" : "lines that are");
    bt_message("%" PRIu64 " record%s, %zu problem%s%s", run->records,
               run->records == 1 ? "" : "s", run->problem_count,
               run->problem_count == 1 ? "" : "s", damaged);
    if (run->knowledge_count > 1)
        bt_message("the records were made with %zu versions of the knowledge: their articles "
                   "and verdicts may differ",
                   run->knowledge_count);
}

static int run_group(const struct group *group, struct bt_tally *tally)
{
    struct bt_run run;
    struct bt_error err;
    int exit_status = read_files(group, tally);
    if (exit_status == BT_EXIT_OUTPUT) // what was read must not be shown as a sum
        return BT_EXIT_INPUT;
    if (bt_tally_finish(tally, &run, &err) != BT_OK) {
        bt_message("%s", err.message);
        return BT_EXIT_OUTPUT;
    }
    int drawn = draw(group, &run);
    if (!group->options.quiet)
        write_closing_line(&run);
    return drawn != BT_EXIT_OK ? drawn : exit_status;
}

int bt_cmd_group(int argc, char **argv)
{
    struct group group = {.options.format = bt_output_format_find("text")};
    struct bt_tally *tally;
    struct bt_error err;
    int exit_status = parse(argc, argv, &group);
    if (exit_status != BT_GO_ON)
        return exit_status;
    if (bt_tally_new(&group.tally, &tally, &err) != BT_OK) {
        bt_message("%s", err.message);
        return BT_EXIT_OUTPUT;
    }
    exit_status = run_group(&group, tally);
    bt_tally_free(tally);
    return exit_status;
}
