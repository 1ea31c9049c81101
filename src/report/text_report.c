// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/text_parts.h"

// Warnings that are shown without --explain.
enum { SHORT_WARNINGS = 2 };

void bt_text_label(struct bt_page *page, const char *label)
{
    char first = label[0]; // facts of the verdict come in lower case
    if (first >= 'a' && first <= 'z')
        first = (char)(first - 'a' + 'A');
    if (first != '\0')
        bt_page_putf(page, BT_STYLE_DIM, "%c%s", first, label + 1);
    if (page->column >= BT_TEXT_LABEL)
        bt_page_put(page, BT_STYLE_PLAIN, "  ");
    bt_page_to(page, BT_TEXT_LABEL);
}

void bt_text_heading(struct bt_page *page, const char *text)
{
    bt_page_gap(page);
    bt_page_put(page, BT_STYLE_STRONG, text);
    bt_page_end(page);
}

void bt_text_line(struct bt_page *page, const char *label, const char *text)
{
    bt_text_label(page, label);
    bt_page_wrap(page, BT_TEXT_LABEL, text);
    bt_page_end(page);
}

static const char *describe_format(enum bt_format format)
{
    switch (format) {
    case BT_FORMAT_KERNEL_TRIAGE:
        return "small kernel dump";
    case BT_FORMAT_KERNEL_FULL:
        return "complete memory dump";
    case BT_FORMAT_KERNEL_SUMMARY:
        return "kernel memory dump";
    case BT_FORMAT_KERNEL_BITMAP:
        return "kernel dump (bitmap)";
    case BT_FORMAT_KERNEL_RANGES:
        return "kernel dump (ranges)";
    case BT_FORMAT_KERNEL_HEADER:
        return "kernel dump header";
    case BT_FORMAT_USER_MINIDUMP:
        return "user minidump";
    case BT_FORMAT_NONE:
        break;
    }
    return NULL;
}

void bt_text_size(struct bt_buf *line, uint64_t size)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (size < 1024) {
        bt_buf_printf(line, "%" PRIu64 " bytes", size);
        return;
    }
    size_t unit = 0;
    double value = (double)size / 1024;
    while (value >= 1024 && unit + 1 < BT_COUNT(units)) {
        value /= 1024;
        unit++;
    }
    bt_buf_printf(line, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static void add_item(struct bt_buf *line, const char *text)
{
    if (text == NULL)
        return;
    if (line->size != 0)
        bt_buf_text(line, ", ");
    bt_buf_text(line, text);
}

// "MEMORY.DMP   kernel dump (bitmap), x64, 1.9 GiB, complete"
static void write_input(struct bt_page *page, const struct bt_result *result,
                        struct bt_buf *line)
{
    const struct bt_input *input = &result->input;
    const struct bt_crash *crash = result->crash;
    if (input->path == NULL) // a stop code that was typed in
        return;
    bt_page_put(page, BT_STYLE_STRONG, input->path);
    if (input->member != NULL) {
        bt_page_put(page, BT_STYLE_PLAIN, " > ");
        bt_page_put(page, BT_STYLE_STRONG, input->member);
    }
    bt_buf_clear(line);
    add_item(line, describe_format(crash->format));
    add_item(line, bt_arch_name(crash->system.arch));
    add_item(line, "");
    bt_text_size(line, input->size);
    add_item(line, input->container);
    if (crash->status == BT_READ_OK)
        add_item(line, "complete");
    size_t needed = bt_page_columns(page, bt_buf_cstr(line)) + strlen("   ");
    if (page->column + needed > page->width) {
        bt_page_end(page);
        bt_page_to(page, 2);
    } else {
        bt_page_put(page, BT_STYLE_PLAIN, "   ");
    }
    bt_page_wrap(page, 2, bt_buf_cstr(line));
    bt_page_end(page);
}

// Why the input could not be read, or not to its end.
static void write_problem(struct bt_page *page, const struct bt_crash *crash)
{
    const struct bt_problem *problem = &crash->problem;
    if (problem->code == BT_PROBLEM_NONE && crash->status == BT_READ_OK)
        return;
    enum bt_style style = crash->status == BT_READ_PARTIAL ? BT_STYLE_WARN : BT_STYLE_BAD;
    bt_page_put(page, style, bt_read_status_name(crash->status));
    if (problem->code != BT_PROBLEM_NONE)
        bt_page_putf(page, style, " (%s)", bt_problem_name(problem->code));
    if (problem->message != NULL) {
        bt_page_put(page, BT_STYLE_PLAIN, ": ");
        bt_page_wrap(page, 2, problem->message);
    }
    bt_page_end(page);
}

// What the line on the problem says already is not said again.
static bool is_problem(const struct bt_crash *crash, const struct bt_note *note)
{
    return crash->problem.message != NULL && strcmp(crash->problem.message, note->message) == 0;
}

static void write_warnings(struct bt_page *page, const struct bt_crash *crash, bool every)
{
    const struct bt_notes *notes = &crash->notes;
    size_t shown = 0, hidden = notes->dropped;
    for (size_t i = 0; i < notes->count; i++) {
        if (is_problem(crash, &notes->items[i]))
            continue;
        if (!every && shown == SHORT_WARNINGS) {
            hidden++;
            continue;
        }
        bt_text_line(page, "Warning", notes->items[i].message);
        shown++;
    }
    if (hidden != 0) {
        bt_text_label(page, "");
        bt_page_putf(page, BT_STYLE_DIM, "%zu more%s", hidden,
                     every ? " were not kept" : " (--explain)");
        bt_page_end(page);
    }
}

void bt_report_text(const struct bt_result *result, const struct bt_report_options *options,
                    struct bt_buf *out)
{
    const struct bt_crash *crash = result->crash;
    struct bt_page page = {
        .out = out,
        .width = options->width != 0 ? options->width : BT_REPORT_WIDTH,
        .colour = options->colour,
        .utf8 = options->utf8,
    };
    struct bt_buf line;
    bt_buf_init(&line, out->limit);
    write_input(&page, result, &line);
    bt_buf_fini(&line);
    write_problem(&page, crash);
    // An input of which nothing could be read has no facts; a snapshot of a program has some.
    bool has_crash = crash->stop.present || crash->exception.present;
    bool has_facts =
        crash->format == BT_FORMAT_USER_MINIDUMP && crash->status != BT_READ_UNREADABLE;
    if (has_crash || has_facts) {
        bt_page_gap(&page);
        bt_text_stop(&page, result);
        bt_text_facts(&page, result, options);
    }
    write_warnings(&page, crash, options->explain);
    if (has_crash)
        bt_text_articles(&page, result, options);
    if (!has_crash && !has_facts)
        return;
    if (options->stack)
        bt_text_stack(&page, crash);
    if (options->threads)
        bt_text_threads(&page, crash);
    if (options->modules)
        bt_text_modules(&page, crash);
}
