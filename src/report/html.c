// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "report/html_parts.h"

// Made from html.css and html.js by the build.
extern const char bt_report_css[];
extern const char bt_report_js[];

// Lines of a chart, and sections about single problems, unless more are asked for.
enum { CHART_LINES = 10, SECTIONS = 50 };

static size_t at_most(size_t count, size_t most)
{
    return count < most ? count : most;
}

// The policy forbids every request, whatever gets into the page.
static void write_head(struct bt_buf *out, const char *title)
{
    bt_buf_text(out,
                "<!DOCTYPE html>\n<html lang=\"en\" class=\"no-script\">\n<head>\n"
                "<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
                "base-uri 'none'; form-action 'none'\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"referrer\" content=\"no-referrer\">\n"
                "<link rel=\"icon\" href=\"data:,\">\n<title>");
    bt_html_text(out, title);
    bt_buf_text(out, "</title>\n<style>\n");
    bt_buf_text(out, bt_report_css);
    bt_buf_text(out, "</style>\n</head>\n<body>\n"
                     "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
}

static void write_card(struct bt_buf *out, const char *label, uint64_t value)
{
    bt_buf_printf(out, "<div><dt>%s</dt><dd>%" PRIu64 "</dd></div>", label, value);
}

static void write_totals(struct bt_buf *out, const struct bt_run *run)
{
    uint64_t read = run->by_status[BT_READ_OK] + run->by_status[BT_READ_PARTIAL];
    bt_buf_text(out, "<dl class=\"cards\">");
    write_card(out, "dumps", run->records);
    write_card(out, "crashes", run->crashes);
    write_card(out, "problems", run->problem_count);
    if (run->machine_count != 0)
        write_card(out, "machines", run->machine_count);
    write_card(out, "with an article", run->with_article);
    if (run->without_crash != 0)
        write_card(out, "no crash", run->without_crash);
    write_card(out, "not readable", run->records - read);
    if (run->has_baseline)
        write_card(out, "new problems", run->new_problems);
    bt_buf_text(out, "</dl>\n");
}

static void write_header(struct bt_buf *out, const struct bt_run *run, const char *title)
{
    bt_buf_text(out, "<header><h1>");
    bt_html_text(out, title);
    bt_buf_text(out, "</h1>\n<p class=\"meta\">");
    if (run->first.known) {
        bt_buf_text(out, "Crashes from ");
        bt_html_date(out, run->first);
        bt_buf_text(out, " to ");
        bt_html_date(out, run->last);
    }
    for (size_t i = 0; i < run->knowledge_count; i++) {
        bt_buf_text(out, i == 0 ? (run->first.known ? " · knowledge " : "Knowledge ") : ", ");
        bt_html_text(out, run->knowledge[i]);
    }
    bt_buf_text(out,
                "</p>\n<nav aria-label=\"Contents\"><ul><li><a href=\"#time\">Time</a></li>"
                "<li><a href=\"#problems\">Problems</a></li>");
    if (run->row_count != 0)
        bt_buf_text(out, "<li><a href=\"#dumps\">Dumps</a></li>");
    bt_buf_text(out, "</ul></nav></header>\n<main id=\"main\">\n");
    write_totals(out, run);
}

static void write_problem_bars(struct bt_buf *out, const struct bt_run *run, size_t lines,
                               size_t sections)
{
    struct bt_html_bar bars[BT_RUN_CHART_LINES];
    size_t count = at_most(run->problem_count, lines);
    for (size_t i = 0; i < count; i++) {
        const struct bt_run_problem *p = &run->problems[i];
        bars[i] = (struct bt_html_bar){.name = p->code_name != NULL ? p->code_name : p->code,
                                       .detail = p->culprit,
                                       .section = i < sections ? i + 1 : 0,
                                       .count = p->dumps};
    }
    bt_html_bars(out, "By problem", bars, count);
}

static void write_count_bars(struct bt_buf *out, const char *heading,
                             const struct bt_run_count *list, size_t count, size_t lines)
{
    struct bt_html_bar bars[BT_RUN_CHART_LINES];
    count = at_most(count, lines);
    for (size_t i = 0; i < count; i++)
        bars[i] = (struct bt_html_bar){
            .name = list[i].name, .detail = list[i].detail, .count = list[i].dumps};
    bt_html_bars(out, heading, bars, count);
}

static void write_article_bars(struct bt_buf *out, const struct bt_run *run, size_t lines)
{
    struct bt_html_bar bars[BT_RUN_CHART_LINES];
    size_t count = at_most(run->article_count, lines);
    for (size_t i = 0; i < count; i++) {
        const struct bt_run_article *a = &run->articles[i];
        bars[i] = (struct bt_html_bar){.name = a->id,
                                       .detail = a->title,
                                       .url = a->url,
                                       .count = a->dumps,
                                       .has_parts = a->has_fix};
        for (size_t k = 0; k < BT_COUNT(a->by_fix); k++)
            bars[i].parts[k] = a->by_fix[k];
    }
    bt_html_bars(out, "Articles that help most, with the state of the fix", bars, count);
}

static void write_charts(struct bt_buf *out, const struct bt_run *run, size_t lines,
                         size_t sections)
{
    bt_html_time_chart(out, run);
    bt_buf_text(out, "<div class=\"halves\">\n");
    write_problem_bars(out, run, lines, sections);
    write_article_bars(out, run, lines);
    write_count_bars(out, "By driver", run->drivers, run->driver_count, lines);
    write_count_bars(out, "By system", run->systems, run->system_count, lines);
    write_count_bars(out, "By machine", run->machines, run->machine_count, lines);
    write_count_bars(out, "Could not be read", run->unreadable, run->unreadable_count, lines);
    bt_buf_text(out, "</div>\n");
}

static void write_problems(struct bt_buf *out, const struct bt_run *run, size_t sections)
{
    bt_buf_text(out, "<h2 id=\"problems\">Problems</h2>\n");
    if (run->problem_count == 0)
        bt_buf_text(out, "<p class=\"soft\">No dump tells of a crash.</p>\n");
    for (size_t i = 0; i < sections; i++)
        bt_html_problem(out, run, i + 1, run->row_count != 0);
    if (sections < run->problem_count)
        bt_buf_printf(out,
                      "<p class=\"soft\">%zu more problems have no section of their own.</p>\n",
                      run->problem_count - sections);
}

static void write_footer(struct bt_buf *out, const struct bt_run *run)
{
    bt_buf_text(out, "</main>\n<footer><p>Made by bugtriage ");
    bt_html_text(out, run->tool_version);
    bt_buf_text(out, ". A verdict is a reason to look, not proof.");
    if (run->knowledge_count > 1)
        bt_buf_text(out, " The records were made with different versions of the knowledge.");
    if (run->damaged != 0)
        bt_buf_printf(out, " Lines that are no record: %" PRIu64 ".", run->damaged);
    if (run->too_old + run->undated != 0)
        bt_buf_printf(out, " Left out: %" PRIu64 " older records, %" PRIu64 " without a time.",
                      run->too_old, run->undated);
    bt_buf_text(out, "</p></footer>\n");
}

void bt_report_html(const struct bt_run *run, const struct bt_run_options *options,
                    struct bt_buf *out)
{
    const char *title = options->title != NULL ? options->title : "Crash dump report";
    size_t sections = at_most(run->problem_count, options->top != 0 ? options->top : SECTIONS);
    size_t lines = at_most(options->top != 0 ? options->top : CHART_LINES, BT_RUN_CHART_LINES);
    write_head(out, title);
    write_header(out, run, title);
    write_charts(out, run, lines, sections);
    write_problems(out, run, sections);
    bt_html_table(out, run, sections);
    write_footer(out, run);
    bt_buf_text(out, "<script>\n");
    bt_buf_text(out, bt_report_js);
    bt_buf_text(out, "</script>\n</body>\n</html>\n");
}
