// SPDX-License-Identifier: MIT
//
// The section about one problem: what it is, how often, on which evidence, and what helps.
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "report/html_parts.h"

void bt_html_problem_name(struct bt_buf *out, const struct bt_run_problem *p)
{
    bt_html_text(out, p->code);
    bt_buf_char(out, ' ');
    bt_html_text(out, p->code_name != NULL ? p->code_name : "(not a known code)");
    if (p->culprit != NULL) {
        bt_buf_text(out, " in ");
        bt_html_text(out, p->culprit);
    }
}

static void write_fact(struct bt_buf *out, const char *label, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    bt_buf_text(out, "<dt>");
    bt_html_text(out, label);
    bt_buf_text(out, "</dt><dd>");
    bt_html_text(out, text);
    bt_buf_text(out, "</dd>");
}

static void write_heading(struct bt_buf *out, const struct bt_run_problem *p, size_t number)
{
    bt_buf_printf(out,
                  "<section class=\"problem\" id=\"p%zu\" aria-labelledby=\"p%zu-name\">"
                  "<h3 id=\"p%zu-name\">%zu. ",
                  number, number, number, number);
    bt_html_problem_name(out, p);
    if (p->is_new) {
        bt_buf_char(out, ' ');
        bt_html_tag(out, "new", "new");
    }
    bt_buf_printf(out, "</h3>\n<p class=\"meta\">%" PRIu64 " dump%s", p->dumps,
                  bt_plural(p->dumps));
    if (p->machines != 0)
        bt_buf_printf(out, " on %s%zu machine%s", p->machines_cut ? "at least " : "",
                      p->machines, bt_plural(p->machines));
    if (p->first.known) {
        bt_buf_text(out, ", from ");
        bt_html_date(out, p->first);
        bt_buf_text(out, " to ");
        bt_html_date(out, p->last);
    }
    bt_buf_text(out, " · <code>");
    bt_html_text(out, p->group);
    bt_buf_text(out, "</code>");
}

static void write_parameters(struct bt_buf *out, const struct bt_run_example *e)
{
    if (e->parameters[0].value == NULL)
        return;
    bt_buf_text(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                     "aria-label=\"Parameters\"><table class=\"parameters\"><thead><tr>"
                     "<th scope=\"col\">Parameter</th><th scope=\"col\">Value</th>"
                     "<th scope=\"col\">What it is</th></tr></thead><tbody>");
    for (size_t i = 0; i < BT_COUNT(e->parameters) && e->parameters[i].value != NULL; i++) {
        const struct bt_run_parameter *p = &e->parameters[i];
        bt_buf_printf(out, "<tr><td>%zu</td><td><code>", i + 1);
        bt_html_text(out, p->value);
        bt_buf_text(out, "</code></td><td>");
        bt_html_text(out, p->role != NULL ? p->role : "reserved");
        if (p->meaning != NULL) {
            bt_buf_text(out, ": ");
            bt_html_text(out, p->meaning);
        }
        bt_buf_text(out, "</td></tr>");
    }
    bt_buf_text(out, "</tbody></table></div>\n");
}

// The module, whose it is, and why it is blamed; or why none is.
static void write_culprit(struct bt_buf *out, const struct bt_run_problem *p)
{
    const struct bt_run_example *e = p->example;
    if (p->culprit == NULL) {
        write_fact(out, "No culprit", e->verdict_reason);
        return;
    }
    bt_buf_text(out, "<dt>Culprit</dt><dd>");
    bt_html_text(out, p->culprit);
    if (p->company != NULL) {
        bt_buf_text(out, " (");
        bt_html_text(out, p->company);
        bt_buf_char(out, ')');
    }
    bt_buf_text(out, "</dd>");
    write_fact(out, "Because",
               e->culprit_reason != NULL ? e->culprit_reason : e->verdict_reason);
    if (e->culprit_reason != NULL && e->verdict_reason != NULL &&
        strcmp(e->culprit_reason, e->verdict_reason) != 0)
        write_fact(out, "Verdict", e->verdict_reason);
}

static void write_example(struct bt_buf *out, const struct bt_run_problem *p)
{
    const struct bt_run_example *e = p->example;
    if (e->description != NULL) {
        bt_buf_text(out, "<p>");
        bt_html_text(out, e->description);
        bt_buf_text(out, "</p>\n");
    }
    bt_buf_text(out, "<dl class=\"facts\">");
    write_fact(out, "Sub-code", e->subcode);
    write_culprit(out, p);
    write_fact(out, "Process", e->process);
    write_fact(out, "System", e->system);
    write_fact(out, "Example", e->path);
    bt_buf_text(out, "</dl>\n");
    write_parameters(out, e);
}

static void write_evidence(struct bt_buf *out, const struct bt_run_advice *a)
{
    static const char *const marks[] = {"✗", "✓", "?"};
    bt_buf_text(out, "<h4>Why</h4><ul class=\"evidence\">");
    for (size_t i = 0; i < a->evidence_count; i++) {
        const struct bt_run_evidence *e = &a->evidence[i];
        const char *name = bt_truth_name(e->result);
        bt_buf_printf(out,
                      "<li><span class=\"mark %s\" role=\"img\" aria-label=\"%s\">%s</span>",
                      name, name, marks[e->result]);
        bt_html_text(out, e->fact);
        if (e->detail != NULL) {
            bt_buf_text(out, " <span class=\"soft\">");
            bt_html_text(out, e->detail);
            bt_buf_text(out, "</span>");
        }
        bt_buf_text(out, "</li>");
    }
    bt_buf_text(out, "</ul>\n");
}

static void write_questions(struct bt_buf *out, const struct bt_run_advice *a)
{
    if (a->ask_count == 0)
        return;
    bt_buf_text(out, "<h4>Ask</h4><ul>");
    for (size_t i = 0; i < a->ask_count; i++) {
        bt_buf_text(out, "<li>");
        bt_html_text(out, a->ask[i]);
        bt_buf_text(out, "</li>");
    }
    bt_buf_text(out, "</ul>\n");
}

// What the example's record says of an article that this problem has, or NULL.
static const struct bt_run_advice *find_advice(const struct bt_run_example *example,
                                               const char *id)
{
    for (size_t i = 0; example != NULL && i < example->advice_count; i++) {
        if (bt_ieq(example->advice[i].id, id))
            return &example->advice[i];
    }
    return NULL;
}

static void write_fix(struct bt_buf *out, const struct bt_run_article *a)
{
    static const enum bt_fix_status order[] = {BT_FIX_NEEDED, BT_FIX_INSTALLED, BT_FIX_UNKNOWN};
    static const char *const words[] = {[BT_FIX_UNKNOWN] = "fix not known",
                                        [BT_FIX_NEEDED] = "fix needed",
                                        [BT_FIX_INSTALLED] = "fix installed"};
    for (size_t i = 0; a->has_fix && i < BT_COUNT(order); i++) {
        struct bt_buf text;
        if (a->by_fix[order[i]] == 0)
            continue;
        bt_buf_init(&text, 64);
        bt_buf_printf(&text, "%s: %" PRIu64, words[order[i]], a->by_fix[order[i]]);
        bt_buf_char(out, ' ');
        bt_html_tag(out, bt_fix_status_name(order[i]), bt_buf_cstr(&text));
        bt_buf_fini(&text);
    }
}

static void write_article(struct bt_buf *out, const struct bt_run_article *a,
                          const struct bt_run_advice *advice)
{
    bt_buf_text(out, "<article class=\"advice\"><h4>");
    bt_html_link(out, a->url, a->id);
    bt_buf_text(out, " ");
    bt_html_text(out, a->title);
    bt_buf_text(out, "</h4><p>");
    bt_html_tag(out, bt_fit_name(a->best), bt_fit_name(a->best));
    bt_buf_printf(out, " <span class=\"soft\">fits %" PRIu64 " dump%s</span>", a->dumps,
                  bt_plural(a->dumps));
    write_fix(out, a);
    bt_buf_text(out, "</p>\n");
    if (advice != NULL) {
        if (advice->evidence_count != 0)
            write_evidence(out, advice);
        bt_buf_text(out, "<dl class=\"facts\">");
        write_fact(out, "Cause", advice->cause);
        write_fact(out, "Resolution", advice->resolution);
        write_fact(out, "Workaround", advice->workaround);
        write_fact(out, "Fix", advice->fix_note);
        bt_buf_text(out, "</dl>\n");
        write_questions(out, advice);
    }
    bt_buf_text(out, "</article>\n");
}

void bt_html_problem(struct bt_buf *out, const struct bt_run *run, size_t number,
                     bool has_table)
{
    const struct bt_run_problem *p = &run->problems[number - 1];
    write_heading(out, p, number);
    if (has_table)
        bt_buf_printf(out, " · <a href=\"#dumps\" data-problem=\"%zu\">show its dumps</a>",
                      number);
    bt_buf_text(out, "</p>\n");
    if (p->example != NULL)
        write_example(out, p);
    for (size_t i = 0; i < p->article_count; i++)
        write_article(out, &p->articles[i], find_advice(p->example, p->articles[i].id));
    bt_buf_text(out, "</section>\n");
}
