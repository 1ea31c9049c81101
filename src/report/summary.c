// SPDX-License-Identifier: MIT
//
// Many dumps on one screen: what happens most, what would help most, where, and what could not
// be read.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "report/page.h"
#include "report/report.h"
#include "report/run.h"

// Lines of a list, unless more are asked for.
enum { PROBLEMS = 10, ARTICLES = 5, MACHINES = 5, REASONS = 8 };

static size_t shown(size_t count, const struct bt_run_options *options, size_t usual)
{
    size_t most = options->top != 0 ? options->top : usual;
    return count < most ? count : most;
}

static void write_heading(struct bt_page *page, const char *text)
{
    bt_page_end(page);
    bt_page_put(page, BT_STYLE_STRONG, text);
    bt_page_end(page);
}

static void write_rest(struct bt_page *page, size_t shown_count, size_t count)
{
    if (shown_count == count)
        return;
    bt_page_putf(page, BT_STYLE_DIM, "  ... and %zu more (--top)", count - shown_count);
    bt_page_end(page);
}

static void date_of(struct bt_opt64 time, char ret[BT_TIME_TEXT_SIZE])
{
    ret[0] = '\0';
    if (!time.known)
        return;
    bt_filetime_text(time.value, ret);
    ret[strlen("yyyy-mm-dd")] = '\0';
}

// "2024-01-03 to 2024-05-06", or the one day.
static void add_span(struct bt_buf *out, struct bt_opt64 first, struct bt_opt64 last)
{
    char from[BT_TIME_TEXT_SIZE], to[BT_TIME_TEXT_SIZE];
    date_of(first, from);
    date_of(last, to);
    if (*from == '\0')
        return;
    bt_buf_printf(out, strcmp(from, to) == 0 ? "%s" : "%s to %s", from, to);
}

static void write_totals(struct bt_page *page, const struct bt_run *run, struct bt_buf *line)
{
    uint64_t unreadable = run->by_status[BT_READ_UNREADABLE] + run->by_status[BT_READ_TIMEOUT] +
                          run->by_status[BT_READ_CRASHED];
    bt_page_putf(page, BT_STYLE_STRONG, "%" PRIu64 " dump%s", run->records,
                 bt_plural(run->records));
    bt_buf_clear(line);
    bt_buf_printf(line, ": %" PRIu64 " crash%s, %zu problem%s", run->crashes,
                  run->crashes == 1 ? "" : "es", run->problem_count,
                  bt_plural(run->problem_count));
    if (run->machine_count != 0)
        bt_buf_printf(line, ", %zu machine%s", run->machine_count,
                      bt_plural(run->machine_count));
    if (run->without_crash != 0)
        bt_buf_printf(line, "; %" PRIu64 " tell of no crash", run->without_crash);
    bt_buf_printf(line, "; %" PRIu64 " could not be read", unreadable);
    if (run->first.known) {
        bt_buf_text(line, "; ");
        add_span(line, run->first, run->last);
    }
    bt_page_wrap(page, 2, bt_buf_cstr(line));
    bt_page_end(page);
    if (run->has_baseline) {
        bt_page_putf(page, run->new_problems != 0 ? BT_STYLE_WARN : BT_STYLE_GOOD,
                     "%zu problem%s new since the baseline, %zu of the baseline gone",
                     run->new_problems, bt_plural(run->new_problems), run->gone_problems);
        bt_page_end(page);
    }
    if (run->crashes != 0) {
        bt_page_putf(page, BT_STYLE_PLAIN, "an article fits %" PRIu64 " of the crashes",
                     run->with_article);
        bt_page_end(page);
    }
}

static void add_fix(struct bt_buf *out, const struct bt_run_article *a)
{
    static const struct {
        enum bt_fix_status status;
        const char *words;
    } order[] = {{BT_FIX_NEEDED, "needed"},
                 {BT_FIX_INSTALLED, "installed"},
                 {BT_FIX_UNKNOWN, "not known"}};
    const char *before = "; fix ";
    for (size_t i = 0; a->has_fix && i < BT_COUNT(order); i++) {
        uint64_t dumps = a->by_fix[order[i].status];
        if (dumps == 0)
            continue;
        bt_buf_printf(out, "%s%s on %" PRIu64, before, order[i].words, dumps);
        before = ", ";
    }
}

static void write_problem_facts(struct bt_page *page, const struct bt_run_problem *p,
                                size_t indent, struct bt_buf *line)
{
    bt_buf_clear(line);
    if (p->machines != 0)
        bt_buf_printf(line, "%s%zu machine%s", p->machines_cut ? "at least " : "", p->machines,
                      bt_plural(p->machines));
    if (p->first.known) {
        bt_buf_text(line, line->size != 0 ? ", " : "");
        add_span(line, p->first, p->last);
    }
    if (line->size == 0)
        return;
    bt_page_to(page, indent);
    bt_page_wrap(page, indent, bt_buf_cstr(line));
    bt_page_end(page);
}

static void write_problem(struct bt_page *page, const struct bt_run_problem *p, size_t indent,
                          struct bt_buf *line)
{
    bt_page_putf(page, BT_STYLE_STRONG, "%*" PRIu64, (int)indent - 2, p->dumps);
    bt_page_to(page, indent);
    bt_buf_clear(line);
    bt_buf_printf(line, "%s %s", p->code != NULL ? p->code : "", // code and name
                  p->code_name != NULL ? p->code_name : "(not a known code)");
    if (p->culprit != NULL)
        bt_buf_printf(line, " in %s", p->culprit);
    bt_page_wrap(page, indent, bt_buf_cstr(line));
    if (p->is_new)
        bt_page_put(page, BT_STYLE_BAD, "  NEW");
    bt_page_end(page);
    write_problem_facts(page, p, indent, line);
    if (p->article_count != 0) {
        const struct bt_run_article *a = &p->articles[0];
        bt_buf_clear(line);
        bt_buf_printf(line, "%s (%s)", a->id, bt_fit_name(a->best));
        add_fix(line, a);
        bt_page_to(page, indent);
        bt_page_wrap(page, indent + 2, bt_buf_cstr(line));
        bt_page_end(page);
    }
}

static size_t digits(uint64_t value)
{
    char text[24];
    return (size_t)snprintf(text, sizeof text, "%" PRIu64, value);
}

static void write_problems(struct bt_page *page, const struct bt_run *run,
                           const struct bt_run_options *options, struct bt_buf *line)
{
    size_t count = shown(run->problem_count, options, PROBLEMS);
    if (count == 0)
        return;
    size_t indent = digits(run->problems[0].dumps) + 4;
    write_heading(page, "Most frequent problems");
    for (size_t i = 0; i < count; i++)
        write_problem(page, &run->problems[i], indent, line);
    write_rest(page, count, run->problem_count);
}

static void write_articles(struct bt_page *page, const struct bt_run *run,
                           const struct bt_run_options *options, struct bt_buf *line)
{
    size_t count = shown(run->article_count, options, ARTICLES);
    if (count == 0)
        return;
    write_heading(page, "Articles that help most");
    for (size_t i = 0; i < count; i++) {
        const struct bt_run_article *a = &run->articles[i];
        bt_page_put(page, BT_STYLE_PLAIN, "  ");
        bt_page_put(page, BT_STYLE_STRONG, a->id);
        bt_buf_clear(line);
        if (a->title != NULL)
            bt_buf_printf(line, "  %s", a->title);
        bt_page_put(page, BT_STYLE_PLAIN, "  ");
        bt_page_wrap(page, 4, bt_buf_cstr(line));
        bt_page_end(page);
        bt_buf_clear(line);
        bt_buf_printf(line, "%" PRIu64 " dump%s, at best %s", a->dumps, bt_plural(a->dumps),
                      bt_fit_name(a->best));
        add_fix(line, a);
        bt_page_to(page, 4);
        bt_page_wrap(page, 4, bt_buf_cstr(line));
        bt_page_end(page);
    }
    write_rest(page, count, run->article_count);
}

static void write_counts(struct bt_page *page, const char *heading,
                         const struct bt_run_count *list, size_t count, size_t most)
{
    if (count == 0)
        return;
    size_t lines = count < most ? count : most;
    int width = (int)digits(list[0].dumps) + 2;
    write_heading(page, heading);
    for (size_t i = 0; i < lines; i++) {
        bt_page_putf(page, BT_STYLE_STRONG, "%*" PRIu64, width, list[i].dumps);
        bt_page_to(page, (size_t)width + 2);
        bt_page_put(page, BT_STYLE_PLAIN, list[i].name);
        if (list[i].problems > 1)
            bt_page_putf(page, BT_STYLE_DIM, "  %zu problems", list[i].problems);
        if (list[i].detail != NULL)
            bt_page_putf(page, BT_STYLE_DIM, "  %s", list[i].detail);
        bt_page_end(page);
    }
    write_rest(page, lines, count);
}

// What was counted out, so that the numbers above can be trusted.
static void write_remarks(struct bt_page *page, const struct bt_run *run, struct bt_buf *line)
{
    bt_buf_clear(line);
    if (run->too_old + run->undated != 0)
        bt_buf_printf(line, "%" PRIu64 " older and %" PRIu64 " undated records were left out. ",
                      run->too_old, run->undated);
    if (run->damaged != 0)
        bt_buf_printf(line, "%" PRIu64 " line%s no record. ", run->damaged,
                      run->damaged == 1 ? " is" : "s are");
    if (run->knowledge_count > 1)
        bt_buf_printf(line, "The records were made with %zu versions of the knowledge. ",
                      run->knowledge_count);
    if (line->size == 0)
        return;
    bt_page_end(page);
    bt_page_wrap(page, 0, bt_buf_cstr(line));
    bt_page_end(page);
}

void bt_report_summary(const struct bt_run *run, const struct bt_run_options *options,
                       struct bt_buf *out)
{
    struct bt_page page = {
        .out = out,
        .width = options->width != 0 ? options->width : BT_REPORT_WIDTH,
        .colour = options->colour,
        .utf8 = options->utf8,
    };
    struct bt_buf line;
    bt_buf_init(&line, out->limit);
    write_totals(&page, run, &line);
    write_problems(&page, run, options, &line);
    write_articles(&page, run, options, &line);
    write_counts(&page, "Most crashes by machine", run->machines, run->machine_count,
                 options->top != 0 ? options->top : MACHINES);
    write_counts(&page, "Could not be read", run->unreadable, run->unreadable_count, REASONS);
    write_remarks(&page, run, &line);
    bt_buf_fini(&line);
}
