// SPDX-License-Identifier: MIT
//
// One line for each dump. New columns are only ever added at the end.
#include <inttypes.h>
#include <stdio.h>

#include "report/csv.h"
#include "report/formats.h"

static const char *const columns[] = {
    "path",         "member",          "size",        "sha256",
    "status",       "problem",         "format",      "architecture",
    "time",         "uptime_seconds",  "stop_code",   "stop_name",
    "parameter_1",  "parameter_2",     "parameter_3", "parameter_4",
    "exception",    "exception_name",  "process",     "system",
    "build",        "service_pack",    "culprit",     "culprit_version",
    "company",      "confidence",      "signature",   "signature_exact",
    "best_article", "best_verdict",    "fix_status",  "articles",
    "kb_version",   "problem_message",
};

void bt_report_csv_head(struct bt_buf *out)
{
    struct bt_csv csv = {.out = out};
    for (size_t i = 0; i < BT_COUNT(columns); i++)
        bt_csv_text(&csv, columns[i]);
    bt_csv_end(&csv);
}

static void write_code(struct bt_csv *csv, bool present, uint32_t code)
{
    char text[16];
    snprintf(text, sizeof text, "0x%08" PRIx32, code);
    bt_csv_text(csv, present ? text : NULL);
}

static void write_optional(struct bt_csv *csv, struct bt_opt32 value)
{
    if (value.known)
        bt_csv_number(csv, value.value);
    else
        bt_csv_text(csv, NULL);
}

static void write_input(struct bt_csv *csv, const struct bt_result *r)
{
    bt_csv_text(csv, r->input.path);
    bt_csv_text(csv, r->input.member);
    bt_csv_number(csv, r->input.size);
    bt_csv_text(csv, r->input.sha256);
    bt_csv_text(csv, bt_read_status_name(r->crash->status));
    bt_csv_text(csv, r->crash->problem.code != BT_PROBLEM_NONE
                         ? bt_problem_name(r->crash->problem.code)
                         : NULL);
    bt_csv_text(csv, bt_format_name(r->crash->format));
    bt_csv_text(csv, bt_arch_name(r->crash->system.arch));
}

static void write_stop(struct bt_csv *csv, const struct bt_result *r)
{
    const struct bt_stop *stop = &r->crash->stop;
    char text[24];
    write_code(csv, stop->present, stop->code);
    bt_csv_text(csv, r->stop.name);
    for (unsigned i = 0; i < 4; i++) {
        snprintf(text, sizeof text, "0x%" PRIx64, stop->parameters[i]);
        bt_csv_text(csv, stop->present && i < stop->parameter_count ? text : NULL);
    }
}

static void write_crash(struct bt_csv *csv, const struct bt_result *r)
{
    const struct bt_crash *crash = r->crash;
    bt_csv_time(csv, crash->time);
    if (crash->uptime.known)
        bt_csv_number(csv, crash->uptime.value / BT_TICKS_PER_SECOND);
    else
        bt_csv_text(csv, NULL);
    write_stop(csv, r);
    write_code(csv, crash->exception.present, crash->exception.code);
    bt_csv_text(csv, r->exception_name);
    bt_csv_text(csv, crash->process.name);
    bt_csv_text(csv, crash->system.name);
    write_optional(csv, crash->system.build);
    write_optional(csv, crash->system.service_pack);
}

static void write_verdict(struct bt_csv *csv, const struct bt_result *r)
{
    const struct bt_culprit *culprit = &r->verdict.culprit;
    char version[BT_FILE_VERSION_TEXT_SIZE];
    if (culprit->version.known)
        bt_file_version_text(culprit->version.value, version);
    bt_csv_text(csv, culprit->module);
    bt_csv_text(csv, culprit->module != NULL && culprit->version.known ? version : NULL);
    bt_csv_text(csv, culprit->module != NULL ? culprit->company : NULL);
    bt_csv_text(csv, culprit->module != NULL ? bt_confidence_name(culprit->confidence) : NULL);
    bt_csv_text(csv, r->signature.group);
    bt_csv_text(csv, r->signature.exact);
}

static void write_matches(struct bt_csv *csv, const struct bt_match_list *matches)
{
    struct bt_buf all;
    const struct bt_match *best = matches->fitting != 0 ? &matches->items[0] : NULL;
    bt_csv_text(csv, best != NULL ? best->article : NULL);
    bt_csv_text(csv, best != NULL ? bt_fit_name(best->fit) : NULL);
    bt_csv_text(csv, best != NULL && best->fix.present ? bt_fix_status_name(best->fix.status)
                                                       : NULL);
    bt_buf_init(&all, csv->out->limit);
    for (size_t i = 0; i < matches->fitting; i++) {
        if (i != 0)
            bt_buf_char(&all, ' ');
        bt_buf_text(&all, matches->items[i].article);
    }
    bt_csv_text(csv, all.size != 0 ? bt_buf_cstr(&all) : NULL);
    bt_buf_fini(&all);
}

void bt_report_csv(const struct bt_result *result, const struct bt_report_options *options,
                   struct bt_buf *out)
{
    (void)options;
    struct bt_csv csv = {.out = out};
    write_input(&csv, result);
    write_crash(&csv, result);
    write_verdict(&csv, result);
    write_matches(&csv, &result->matches);
    bt_csv_text(&csv, result->kb_version);
    bt_csv_text(&csv, result->crash->problem.message);
    bt_csv_end(&csv);
}
