// SPDX-License-Identifier: MIT
//
// The ticket for one problem of many dumps.
#include <inttypes.h>
#include <string.h>

#include "report/escape.h"
#include "report/run.h"
#include "report/ticket.h"

static void write_subject(const struct bt_run_problem *p, struct bt_buf *out)
{
    bt_buf_printf(out, "%s (%s)", p->code_name != NULL ? p->code_name : "Unknown stop code",
                  p->code != NULL ? p->code : "?");
    if (p->culprit != NULL)
        bt_buf_printf(out, " in %s", p->culprit);
    bt_buf_printf(out, ", %" PRIu64 " time%s", p->dumps, p->dumps == 1 ? "" : "s");
}

// Names and paths are those of a dump, titles those of an article: harmless on a terminal, and
// in one line.
static void add(struct bt_buf *out, const char *text)
{
    if (text != NULL)
        bt_escape_terminal(out, text, strlen(text), true);
}

static void write_line(struct bt_buf *out, const char *label, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    bt_buf_printf(out, "%-12s", label);
    add(out, text);
    bt_buf_char(out, '\n');
}

// The prose of an article, which may have lines of its own.
static void write_lines(struct bt_buf *out, const char *label, const char *text)
{
    while (text != NULL && *text != '\0') {
        size_t size = strcspn(text, "\n");
        bt_buf_printf(out, "%-12s", label);
        bt_escape_terminal(out, text, size, true);
        bt_buf_char(out, '\n');
        text += size + (text[size] == '\n');
        label = "";
    }
}

static void add_detail(struct bt_buf *out, const char *text)
{
    if (text != NULL)
        bt_buf_text(out, ": ");
    add(out, text);
    bt_buf_char(out, '\n');
}

static void write_frequency(const struct bt_run_problem *p, struct bt_buf *out)
{
    char first[BT_TIME_TEXT_SIZE], last[BT_TIME_TEXT_SIZE];
    bt_buf_printf(out, "%" PRIu64 " dump%s", p->dumps, p->dumps == 1 ? "" : "s");
    if (p->machines != 0)
        bt_buf_printf(out, " on %s%zu machine%s", p->machines_cut ? "at least " : "",
                      p->machines, p->machines == 1 ? "" : "s");
    if (p->first.known) {
        bt_filetime_text(p->first.value, first);
        bt_filetime_text(p->last.value, last);
        bt_buf_printf(out, ", from %s to %s UTC", first, last);
    }
    bt_buf_text(out, ".\n\n");
}

static void write_example(const struct bt_run_example *e, struct bt_buf *out)
{
    write_line(out, "What", e->description);
    write_line(out, "Sub-code", e->subcode);
    for (size_t i = 0; i < BT_COUNT(e->parameters) && e->parameters[i].value != NULL; i++) {
        const struct bt_run_parameter *p = &e->parameters[i];
        bt_buf_printf(out, "Parameter %zu ", i + 1);
        add(out, p->value);
        bt_buf_char(out, ' ');
        add(out, p->role != NULL ? p->role : "reserved");
        add_detail(out, p->meaning);
    }
    write_line(out, "Reason", e->culprit_reason);
    write_line(out, "Verdict", e->verdict_reason);
    write_line(out, "Process", e->process);
    write_line(out, "System", e->system);
    write_line(out, "Example", e->path);
}

static const struct bt_run_advice *find_advice(const struct bt_run_example *example,
                                               const char *id)
{
    for (size_t i = 0; example != NULL && i < example->advice_count; i++) {
        if (strcmp(example->advice[i].id, id) == 0)
            return &example->advice[i];
    }
    return NULL;
}

static void write_advice(const struct bt_run_advice *a, struct bt_buf *out)
{
    for (size_t i = 0; i < a->evidence_count; i++) {
        bt_buf_printf(out, "  %-8s ", bt_truth_name(a->evidence[i].result));
        add(out, a->evidence[i].fact);
        add_detail(out, a->evidence[i].detail);
    }
    write_lines(out, "  Cause", a->cause);
    write_lines(out, "  Fix", a->resolution);
    write_lines(out, "  Until then", a->workaround);
    for (size_t i = 0; i < a->ask_count; i++)
        write_line(out, "  Ask", a->ask[i]);
}

static void write_article(const struct bt_run_problem *p, const struct bt_run_article *a,
                          struct bt_buf *out)
{
    const struct bt_run_advice *advice = find_advice(p->example, a->id);
    bt_buf_char(out, '\n');
    add(out, a->id);
    bt_buf_char(out, ' ');
    add(out, a->title);
    bt_buf_char(out, '\n');
    write_line(out, "  See", a->url);
    bt_buf_printf(out, "  fits %" PRIu64 " of %" PRIu64 " dumps, at best %s", a->dumps,
                  p->dumps, bt_fit_name(a->best));
    if (a->has_fix)
        bt_buf_printf(
            out, "; fix needed on %" PRIu64 ", installed on %" PRIu64 ", not known on %" PRIu64,
            a->by_fix[BT_FIX_NEEDED], a->by_fix[BT_FIX_INSTALLED], a->by_fix[BT_FIX_UNKNOWN]);
    bt_buf_char(out, '\n');
    if (advice != NULL)
        write_advice(advice, out);
}

static void write_body(const struct bt_run_problem *p, const char *subject, struct bt_buf *out)
{
    struct bt_buf text;
    bt_buf_init(&text, out->limit);
    write_frequency(p, &text);
    if (p->example != NULL)
        write_example(p->example, &text);
    for (size_t i = 0; i < p->article_count; i++)
        write_article(p, &p->articles[i], &text);
    bt_ticket_text(p->group, subject, bt_buf_cstr(&text), "", out);
    bt_buf_fini(&text);
}

static void write_text(const struct bt_ticket *ticket, struct bt_buf *out)
{
    bt_buf_text(out, ticket->body);
}

static void write_ticket(const struct bt_run_problem *p, const struct bt_run_options *options,
                         void (*write)(const struct bt_ticket *, struct bt_buf *),
                         struct bt_buf *out)
{
    struct bt_buf subject, body;
    bt_buf_init(&subject, out->limit);
    bt_buf_init(&body, out->limit);
    write_subject(p, &subject);
    write_body(p, bt_buf_cstr(&subject), &body);
    struct bt_ticket ticket = {.signature = p->group,
                               .project = options->project,
                               .subject = bt_buf_cstr(&subject),
                               .body = bt_buf_cstr(&body)};
    for (size_t i = 0; i < p->article_count && ticket.tag_count < BT_TICKET_TAGS; i++)
        ticket.tags[ticket.tag_count++] = p->articles[i].id;
    write(&ticket, out);
    bt_buf_fini(&subject);
    bt_buf_fini(&body);
}

// Tickets one after the other: JSON bodies on a line each, texts with a form feed in between.
static void write_tickets(const struct bt_run *run, const struct bt_run_options *options,
                          void (*write)(const struct bt_ticket *, struct bt_buf *),
                          struct bt_buf *out)
{
    enum { TICKETS = 10 };
    size_t most = options->top != 0 ? options->top : TICKETS;
    for (size_t i = 0; i < run->problem_count && i < most; i++) {
        if (i != 0 && write == write_text)
            bt_buf_text(out, "\f\n");
        write_ticket(&run->problems[i], options, write, out);
        if (write != write_text)
            bt_buf_char(out, '\n');
    }
}

void bt_report_problem_tickets(const struct bt_run *run, const struct bt_run_options *options,
                               struct bt_buf *out)
{
    write_tickets(run, options, write_text, out);
}

void bt_report_problem_jira(const struct bt_run *run, const struct bt_run_options *options,
                            struct bt_buf *out)
{
    write_tickets(run, options, bt_ticket_jira, out);
}

void bt_report_problem_servicenow(const struct bt_run *run,
                                  const struct bt_run_options *options, struct bt_buf *out)
{
    write_tickets(run, options, bt_ticket_servicenow, out);
}

void bt_report_problem_zendesk(const struct bt_run *run, const struct bt_run_options *options,
                               struct bt_buf *out)
{
    write_tickets(run, options, bt_ticket_zendesk, out);
}
