// SPDX-License-Identifier: MIT
//
// Problems as data: JSON, NDJSON, CSV.
#include <inttypes.h>
#include <stdio.h>

#include "report/csv.h"
#include "report/json_writer.h"
#include "report/run.h"

static size_t shown(size_t count, const struct bt_run_options *options)
{
    return options->top != 0 && options->top < count ? options->top : count;
}

static void write_article(struct bt_json *json, const struct bt_run_article *a)
{
    bt_json_object(json, NULL);
    bt_json_text(json, "article", a->id);
    bt_json_text(json, "title", a->title);
    bt_json_text(json, "url", a->url);
    bt_json_text(json, "verdict", bt_fit_name(a->best));
    bt_json_number(json, "dumps", a->dumps);
    for (enum bt_fit fit = BT_FIT_FIXED; fit >= BT_FIT_POSSIBLE; fit--)
        bt_json_number(json, bt_fit_name(fit), a->by_fit[fit]);
    if (a->has_fix) {
        bt_json_object(json, "fix");
        for (enum bt_fix_status fix = BT_FIX_UNKNOWN; fix <= BT_FIX_INSTALLED; fix++)
            bt_json_number(json, bt_fix_status_name(fix), a->by_fix[fix]);
        bt_json_end_object(json);
    } else {
        bt_json_null(json, "fix");
    }
    bt_json_end_object(json);
}

static void write_articles(struct bt_json *json, const struct bt_run_article *articles,
                           size_t count)
{
    bt_json_array(json, "articles");
    for (size_t i = 0; i < count; i++)
        write_article(json, &articles[i]);
    bt_json_end_array(json);
}

static void write_problem(struct bt_json *json, const struct bt_run *run,
                          const struct bt_run_problem *p)
{
    bt_json_object(json, NULL);
    bt_json_text(json, "group", p->group);
    bt_json_text(json, "code", p->code);
    bt_json_text(json, "name", p->code_name);
    bt_json_text(json, "culprit", p->culprit);
    bt_json_text(json, "company", p->company);
    bt_json_number(json, "dumps", p->dumps);
    if (p->machines != 0)
        bt_json_number(json, "machines", p->machines);
    else
        bt_json_null(json, "machines");
    bt_json_opt_time(json, "first", p->first);
    bt_json_opt_time(json, "last", p->last);
    if (run->has_baseline)
        bt_json_bool(json, "new", p->is_new);
    else
        bt_json_null(json, "new");
    bt_json_text(json, "example", p->example != NULL ? p->example->path : NULL);
    write_articles(json, p->articles, p->article_count);
    bt_json_end_object(json);
}

static void write_counts(struct bt_json *json, const char *key, const struct bt_run_count *list,
                         size_t count)
{
    bt_json_array(json, key);
    for (size_t i = 0; i < count; i++) {
        bt_json_object(json, NULL);
        bt_json_text(json, "name", list[i].name);
        bt_json_number(json, "dumps", list[i].dumps);
        bt_json_number(json, "problems", list[i].problems);
        bt_json_opt_time(json, "first", list[i].first);
        bt_json_opt_time(json, "last", list[i].last);
        bt_json_end_object(json);
    }
    bt_json_end_array(json);
}

static void write_totals(struct bt_json *json, const struct bt_run *run)
{
    bt_json_object(json, "totals");
    bt_json_number(json, "records", run->records);
    bt_json_number(json, "crashes", run->crashes);
    for (unsigned i = 0; i < BT_COUNT(run->by_status); i++)
        bt_json_number(json, bt_read_status_name((enum bt_read_status)i), run->by_status[i]);
    bt_json_number(json, "without_crash", run->without_crash);
    bt_json_number(json, "with_article", run->with_article);
    bt_json_number(json, "without_time", run->without_time);
    bt_json_number(json, "problems", run->problem_count);
    bt_json_number(json, "machines", run->machine_count);
    bt_json_number(json, "damaged", run->damaged);
    bt_json_number(json, "before_since", run->too_old);
    bt_json_number(json, "undated", run->undated);
    bt_json_opt_time(json, "first", run->first);
    bt_json_opt_time(json, "last", run->last);
    bt_json_end_object(json);
}

static void write_baseline(struct bt_json *json, const struct bt_run *run)
{
    if (!run->has_baseline) {
        bt_json_null(json, "baseline");
        return;
    }
    bt_json_object(json, "baseline");
    bt_json_number(json, "new", run->new_problems);
    bt_json_number(json, "gone", run->gone_problems);
    bt_json_end_object(json);
}

void bt_report_groups_json(const struct bt_run *run, const struct bt_run_options *options,
                           struct bt_buf *out)
{
    struct bt_json json;
    bt_json_init(&json, out, 2, 0);
    bt_json_object(&json, NULL);
    bt_json_text(&json, "schema", "bugtriage.groups/1");
    bt_json_object(&json, "tool");
    bt_json_text(&json, "version", run->tool_version);
    bt_json_end_object(&json);
    bt_json_texts(&json, "knowledge", run->knowledge, run->knowledge_count);
    bt_json_opt_time(&json, "since", run->since);
    write_totals(&json, run);
    write_baseline(&json, run);
    bt_json_array(&json, "groups");
    for (size_t i = 0; i < shown(run->problem_count, options); i++)
        write_problem(&json, run, &run->problems[i]);
    bt_json_end_array(&json);
    write_articles(&json, run->articles, shown(run->article_count, options));
    write_counts(&json, "drivers", run->drivers, shown(run->driver_count, options));
    write_counts(&json, "machines", run->machines, shown(run->machine_count, options));
    write_counts(&json, "systems", run->systems, shown(run->system_count, options));
    write_counts(&json, "unreadable", run->unreadable, run->unreadable_count);
    bt_json_end_object(&json);
    bt_buf_char(out, '\n');
}

void bt_report_groups_ndjson(const struct bt_run *run, const struct bt_run_options *options,
                             struct bt_buf *out)
{
    for (size_t i = 0; i < shown(run->problem_count, options); i++) {
        struct bt_json json;
        bt_json_init(&json, out, 0, 0);
        write_problem(&json, run, &run->problems[i]);
        bt_buf_char(out, '\n');
    }
}

static void write_row(struct bt_csv *csv, const struct bt_run *run,
                      const struct bt_run_problem *p)
{
    const struct bt_run_article *best = p->article_count != 0 ? &p->articles[0] : NULL;
    bool fix = best != NULL && best->has_fix;
    bt_csv_text(csv, p->group);
    bt_csv_number(csv, p->dumps);
    if (p->machines != 0)
        bt_csv_number(csv, p->machines);
    else
        bt_csv_text(csv, NULL);
    bt_csv_time(csv, p->first);
    bt_csv_time(csv, p->last);
    bt_csv_text(csv, !run->has_baseline ? NULL : p->is_new ? "yes" : "no");
    bt_csv_text(csv, p->code);
    bt_csv_text(csv, p->code_name);
    bt_csv_text(csv, p->culprit);
    bt_csv_text(csv, p->company);
    bt_csv_text(csv, best != NULL ? best->id : NULL);
    bt_csv_text(csv, best != NULL ? bt_fit_name(best->best) : NULL);
    for (enum bt_fix_status status = BT_FIX_UNKNOWN; status <= BT_FIX_INSTALLED; status++) {
        if (fix)
            bt_csv_number(csv, best->by_fix[status]);
        else
            bt_csv_text(csv, NULL);
    }
    bt_csv_text(csv, best != NULL ? best->title : NULL);
    bt_csv_text(csv, p->example != NULL ? p->example->path : NULL);
    bt_csv_end(csv);
}

void bt_report_groups_csv(const struct bt_run *run, const struct bt_run_options *options,
                          struct bt_buf *out)
{
    static const char *const columns[] = {
        "signature",   "dumps",      "machines",      "first",   "last",    "new",
        "code",        "name",       "culprit",       "company", "article", "verdict",
        "fix_unknown", "fix_needed", "fix_installed", "title",   "example",
    };
    struct bt_csv csv = {.out = out};
    for (size_t i = 0; i < BT_COUNT(columns); i++)
        bt_csv_text(&csv, columns[i]);
    bt_csv_end(&csv);
    for (size_t i = 0; i < shown(run->problem_count, options); i++)
        write_row(&csv, run, &run->problems[i]);
}
