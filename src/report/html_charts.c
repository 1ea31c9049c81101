// SPDX-License-Identifier: MIT
//
// Charts as SVG inside the page. Shapes stretch with the page, so their text stands beside them
// as text.
#include <inttypes.h>
#include <string.h>

#include "report/html_parts.h"

// Bars that can still be told apart on the screen of a telephone.
enum { MOST_BINS = 62 };

enum unit { UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR };

static const char *const unit_names[] = {"day", "week", "month", "year"};

struct bin {
    bt_filetime start;
    uint64_t count;
};

struct histogram {
    enum unit unit;
    struct bin bins[BT_RUN_YEARS + 1]; // more than MOST_BINS
    size_t count;
    uint64_t highest;
};

static bt_filetime day_at(const struct bt_run *run, size_t day)
{
    return run->day_first + day * 86400 * BT_TICKS_PER_SECOND;
}

static enum unit choose_unit(const struct bt_run *run)
{
    struct bt_civil first = bt_civil_from_filetime(run->day_first);
    struct bt_civil last = bt_civil_from_filetime(day_at(run, run->day_count - 1));
    int months = (last.year - first.year) * 12 + (int)last.month - (int)first.month + 1;
    if (run->day_count <= MOST_BINS)
        return UNIT_DAY;
    if (run->day_count <= MOST_BINS * 7)
        return UNIT_WEEK;
    return months <= MOST_BINS ? UNIT_MONTH : UNIT_YEAR;
}

// Whether a bar starts on this day.
static bool starts_bin(const struct bt_run *run, enum unit unit, size_t day)
{
    struct bt_civil c = bt_civil_from_filetime(day_at(run, day));
    switch (unit) {
    case UNIT_DAY:
        return true;
    case UNIT_WEEK:
        return day % 7 == 0;
    case UNIT_MONTH:
        return day == 0 || c.day == 1;
    case UNIT_YEAR:
        break;
    }
    return day == 0 || (c.month == 1 && c.day == 1);
}

static void fill_bins(const struct bt_run *run, struct histogram *h)
{
    h->unit = choose_unit(run);
    h->count = 0;
    h->highest = 0;
    for (size_t day = 0; day < run->day_count; day++) {
        if (starts_bin(run, h->unit, day) && h->count < BT_COUNT(h->bins))
            h->bins[h->count++] = (struct bin){.start = day_at(run, day)};
        struct bin *bin = &h->bins[h->count - 1];
        bin->count += run->days[day];
        if (bin->count > h->highest)
            h->highest = bin->count;
    }
}

static void write_bin_name(struct bt_buf *out, enum unit unit, bt_filetime start)
{
    char text[BT_TIME_TEXT_SIZE];
    bt_filetime_text(start, text);
    size_t size = unit == UNIT_YEAR    ? strlen("yyyy")
                  : unit == UNIT_MONTH ? strlen("yyyy-mm")
                                       : strlen("yyyy-mm-dd");
    if (unit == UNIT_WEEK)
        bt_buf_text(out, "week of ");
    bt_buf_add(out, text, size);
}

static void write_time_bars(struct bt_buf *out, const struct histogram *h)
{
    // 10 units for each bar with a gap of 1, 1000 units high.
    bt_buf_printf(out,
                  "<svg class=\"time\" viewBox=\"0 0 %zu 1000\" preserveAspectRatio=\"none\" "
                  "role=\"img\" aria-label=\"Crashes by %s, at most %" PRIu64 "\">",
                  h->count * 10, unit_names[h->unit], h->highest);
    for (size_t i = 0; i < h->count; i++) {
        uint64_t height = h->bins[i].count * 980 / (h->highest != 0 ? h->highest : 1);
        if (height < 12 && h->bins[i].count != 0)
            height = 12; // one crash must be seen beside thousands
        bt_buf_printf(
            out, "<rect x=\"%zu\" y=\"%" PRIu64 "\" width=\"9\" height=\"%" PRIu64 "\"><title>",
            i * 10, 1000 - height, height);
        write_bin_name(out, h->unit, h->bins[i].start);
        bt_buf_printf(out, ": %" PRIu64 "</title></rect>", h->bins[i].count);
    }
    bt_buf_text(out, "</svg>\n<div class=\"axis\"><span>");
    write_bin_name(out, h->unit, h->bins[0].start);
    bt_buf_text(out, "</span><span>");
    if (h->count > 2)
        write_bin_name(out, h->unit, h->bins[h->count / 2].start);
    bt_buf_text(out, "</span><span>");
    if (h->count > 1)
        write_bin_name(out, h->unit, h->bins[h->count - 1].start);
    bt_buf_text(out, "</span></div>\n");
}

static void write_time_table(struct bt_buf *out, const struct histogram *h)
{
    bt_buf_printf(out,
                  "<details><summary>The same as a table</summary><div class=\"scroll\" "
                  "tabindex=\"0\" role=\"region\" aria-label=\"Crashes by %s\"><table>"
                  "<thead><tr><th scope=\"col\">From</th><th scope=\"col\">Crashes</th></tr>"
                  "</thead><tbody>",
                  unit_names[h->unit]);
    for (size_t i = 0; i < h->count; i++) {
        if (h->bins[i].count == 0)
            continue;
        bt_buf_text(out, "<tr><td>");
        write_bin_name(out, h->unit, h->bins[i].start);
        bt_buf_printf(out, "</td><td>%" PRIu64 "</td></tr>", h->bins[i].count);
    }
    bt_buf_text(out, "</tbody></table></div></details>\n");
}

// One machine whose clock was years off must not press all the others into one bar. What stands
// apart is left out of the chart: few crashes before (or after) a gap that is longer than all
// the rest. Returns how many crashes that is; first and last are days, last is included.
static uint64_t leave_out_strays(const struct bt_run *run, size_t *first, size_t *last)
{
    enum { FEW = 20 }; // a part of this many
    uint64_t total = 0, before = 0, after = 0;
    size_t start = 0, end = run->day_count - 1, previous = 0;
    for (size_t day = 0; day < run->day_count; day++)
        total += run->days[day];
    for (size_t day = 0; day <= end && before <= total / FEW; day++) {
        if (run->days[day] == 0)
            continue;
        if (day - previous > end - day + 1)
            start = day;
        before += run->days[day];
        previous = day;
    }
    previous = end;
    for (size_t day = end; day > start && after <= total / FEW; day--) {
        if (run->days[day] == 0)
            continue;
        if (previous - day > day - start + 1)
            end = day;
        after += run->days[day];
        previous = day;
    }
    *first = start;
    *last = end;
    for (size_t day = start; day <= end; day++)
        total -= run->days[day];
    return total;
}

void bt_html_time_chart(struct bt_buf *out, const struct bt_run *whole)
{
    struct histogram h;
    size_t first, last;
    struct bt_run copy = *whole;
    const struct bt_run *run = &copy;
    bt_buf_text(out,
                "<section aria-labelledby=\"time\"><h2 id=\"time\">Crashes over time</h2>\n");
    if (run->day_count == 0) {
        bt_buf_text(out, "<p class=\"soft\">No dump tells when it was made.</p></section>\n");
        return;
    }
    uint64_t strays = leave_out_strays(whole, &first, &last);
    copy.day_first = day_at(whole, first);
    copy.days = &whole->days[first];
    copy.day_count = last - first + 1;
    fill_bins(run, &h);
    bt_buf_printf(out, "<p class=\"soft\">One bar for each %s; the highest is %" PRIu64 ".",
                  unit_names[h.unit], h.highest);
    if (run->without_time != 0)
        bt_buf_printf(out, " %" PRIu64 " crash%s not in it.", run->without_time,
                      run->without_time == 1 ? " without a time is" : "es without a time are");
    if (strays != 0)
        bt_buf_printf(out, " %" PRIu64 " crash%s not in it.", strays,
                      strays == 1 ? " from years apart is" : "es from years apart are");
    bt_buf_text(out, "</p>\n");
    write_time_bars(out, &h);
    write_time_table(out, &h);
    bt_buf_text(out, "</section>\n");
}

static void write_rect(struct bt_buf *out, const char *class, uint64_t from, uint64_t to)
{
    if (to > from)
        bt_buf_printf(out,
                      "<rect class=\"%s\" x=\"%" PRIu64 "\" y=\"0\" width=\"%" PRIu64
                      "\" height=\"10\"/>",
                      class, from, to - from);
}

// 1000 units are the longest bar of the list.
static void write_bar_shape(struct bt_buf *out, const struct bt_html_bar *bar, uint64_t longest)
{
    static const enum bt_fix_status order[] = {BT_FIX_NEEDED, BT_FIX_UNKNOWN, BT_FIX_INSTALLED};
    uint64_t at = 0, sum = 0;
    bt_buf_text(out, "<svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" "
                     "aria-hidden=\"true\" focusable=\"false\">");
    if (!bar->has_parts)
        write_rect(out, "all", 0, bar->count * 1000 / longest);
    for (size_t i = 0; bar->has_parts && i < BT_COUNT(order); i++) {
        sum += bar->parts[order[i]];
        uint64_t end = sum * 1000 / longest;
        write_rect(out, bt_fix_status_name(order[i]), at, end);
        at = end;
    }
    bt_buf_text(out, "</svg>");
}

static void write_bar(struct bt_buf *out, const struct bt_html_bar *bar, uint64_t longest)
{
    bt_buf_text(out, "<li><span class=\"name\">");
    if (bar->section != 0)
        bt_buf_printf(out, "<a href=\"#p%zu\">", bar->section);
    bt_html_link(out, bar->url, bar->name);
    if (bar->section != 0)
        bt_buf_text(out, "</a>");
    if (bar->detail != NULL) {
        bt_buf_text(out, " <span class=\"soft\">");
        bt_html_text(out, bar->detail);
        bt_buf_text(out, "</span>");
    }
    bt_buf_printf(out, "</span><span class=\"count\">%" PRIu64 "</span>", bar->count);
    write_bar_shape(out, bar, longest);
    bt_buf_text(out, "</li>\n");
}

void bt_html_bars(struct bt_buf *out, const char *heading, const struct bt_html_bar *bars,
                  size_t count)
{
    uint64_t longest = 1;
    bool parts = false;
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        longest = bars[i].count > longest ? bars[i].count : longest;
        parts |= bars[i].has_parts;
    }
    bt_buf_text(out, "<section><h2>");
    bt_html_text(out, heading);
    bt_buf_text(out, "</h2>\n");
    if (parts)
        bt_buf_text(out,
                    "<ul class=\"legend\">"
                    "<li><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"needed\" "
                    "width=\"1\" height=\"1\"/></svg>fix needed</li>"
                    "<li><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"unknown\" "
                    "width=\"1\" height=\"1\"/></svg>not known</li>"
                    "<li><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect "
                    "class=\"installed\" width=\"1\" height=\"1\"/></svg>installed</li>"
                    "</ul>\n");
    bt_buf_text(out, "<ol class=\"bars\">\n");
    for (size_t i = 0; i < count; i++)
        write_bar(out, &bars[i], longest);
    bt_buf_text(out, "</ol></section>\n");
}
