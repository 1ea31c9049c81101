// SPDX-License-Identifier: MIT
//
// The table of dumps. It is written in full, so that it prints and reads without script; the
// script only sorts it and hides lines.
#include <inttypes.h>

#include "report/html_parts.h"

static void write_cell(struct bt_buf *out, const char *class, const char *text)
{
    bt_buf_text(out, class != NULL ? "<td class=\"" : "<td");
    if (class != NULL)
        bt_buf_printf(out, "%s\"", class);
    bt_buf_char(out, '>');
    bt_html_text(out, text);
    bt_buf_text(out, "</td>");
}

static void write_problem_cell(struct bt_buf *out, const struct bt_run *run,
                               const struct bt_run_row *row, size_t sections)
{
    if (row->group == BT_RUN_NO_PROBLEM) {
        write_cell(out, NULL, row->problem);
        return;
    }
    const struct bt_run_problem *p = &run->problems[row->group];
    bt_buf_text(out, "<td class=\"problem\">");
    if (row->group < sections)
        bt_buf_printf(out, "<a href=\"#p%zu\">", row->group + 1);
    bt_html_problem_name(out, p);
    bt_buf_text(out, row->group < sections ? "</a></td>" : "</td>");
}

static void write_article_cell(struct bt_buf *out, const struct bt_run_row *row)
{
    bt_buf_text(out, "<td>");
    bt_html_text(out, row->article);
    if (row->article != NULL && row->has_fix) {
        static const char *const texts[] = {[BT_FIX_UNKNOWN] = "fix not known",
                                            [BT_FIX_NEEDED] = "fix needed",
                                            [BT_FIX_INSTALLED] = "fix installed"};
        bt_buf_char(out, ' ');
        bt_html_tag(out, bt_fix_status_name(row->fix), texts[row->fix]);
    }
    bt_buf_text(out, "</td>");
}

static void write_row(struct bt_buf *out, const struct bt_run *run,
                      const struct bt_run_row *row, size_t sections)
{
    char time[BT_TIME_TEXT_SIZE] = "";
    if (row->time.known)
        bt_filetime_text(row->time.value, time);
    bt_buf_text(out, "<tr data-status=\"");
    bt_html_text(out, row->status);
    bt_buf_char(out, '"');
    if (row->group != BT_RUN_NO_PROBLEM)
        bt_buf_printf(out, " data-problem=\"%zu\"", row->group + 1);
    bt_buf_char(out, '>');
    write_cell(out, "time", time);
    write_cell(out, "path", row->path);
    if (run->machine_count != 0)
        write_cell(out, NULL, row->machine);
    write_problem_cell(out, run, row, sections);
    write_article_cell(out, row);
    write_cell(out, NULL, row->status);
    bt_buf_text(out, "</tr>\n");
}

static void write_status_filter(struct bt_buf *out, const struct bt_run *run)
{
    bt_buf_text(out, "<div><label for=\"status-filter\">Status</label>"
                     "<select id=\"status-filter\"><option value=\"\">any</option>");
    for (unsigned i = 0; i < BT_COUNT(run->by_status); i++) {
        const char *name = bt_read_status_name((enum bt_read_status)i);
        if (run->by_status[i] != 0)
            bt_buf_printf(out, "<option value=\"%s\">%s (%" PRIu64 ")</option>", name, name,
                          run->by_status[i]);
    }
    bt_buf_text(out, "</select></div>\n");
}

static void write_problem_filter(struct bt_buf *out, const struct bt_run *run, size_t sections)
{
    bt_buf_text(out, "<div><label for=\"problem-filter\">Problem</label>"
                     "<select id=\"problem-filter\"><option value=\"\">any</option>");
    for (size_t i = 0; i < sections; i++) {
        bt_buf_printf(out, "<option value=\"%zu\">%zu. ", i + 1, i + 1);
        bt_html_problem_name(out, &run->problems[i]);
        bt_buf_text(out, "</option>");
    }
    bt_buf_text(out, "</select></div>\n");
}

static void write_controls(struct bt_buf *out, const struct bt_run *run, size_t sections)
{
    bt_buf_text(out, "<div class=\"controls\" role=\"search\">"
                     "<div><label for=\"search\">Search</label>"
                     "<input id=\"search\" type=\"search\" autocomplete=\"off\"></div>\n");
    write_status_filter(out, run);
    write_problem_filter(out, run, sections);
    bt_buf_text(out, "<div><button id=\"reset\" type=\"button\">Show all</button></div></div>\n"
                     "<p id=\"shown\" class=\"soft\" role=\"status\"></p>\n");
}

void bt_html_table(struct bt_buf *out, const struct bt_run *run, size_t sections)
{
    static const char *const heads[] = {"Time (UTC)", "Dump",    "Machine",
                                        "Problem",    "Article", "Status"};
    if (run->row_count == 0)
        return;
    bt_buf_text(out, "<section aria-labelledby=\"dumps\"><h2 id=\"dumps\">Dumps</h2>\n");
    if (run->rows_dropped != 0)
        bt_buf_printf(out,
                      "<p class=\"soft\">The first %zu; %" PRIu64 " more are in the sums above "
                      "but not in this table.</p>\n",
                      run->row_count, run->rows_dropped);
    write_controls(out, run, sections);
    bt_buf_text(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                     "aria-labelledby=\"dumps\"><table id=\"dumps-table\">"
                     "<thead><tr>");
    for (size_t i = 0; i < BT_COUNT(heads); i++) {
        if (i != 2 || run->machine_count != 0)
            bt_buf_printf(out, "<th scope=\"col\">%s</th>", heads[i]);
    }
    bt_buf_text(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < run->row_count; i++)
        write_row(out, run, &run->rows[i], sections);
    bt_buf_text(out, "</tbody></table></div></section>\n");
}
