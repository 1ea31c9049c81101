// SPDX-License-Identifier: MIT
//
// The ticket for one dump.
#include <inttypes.h>

#include <bugtriage/version.h>

#include "report/formats.h"
#include "report/ticket.h"

enum { TICKET_WIDTH = 80 };

// "DRIVER_POWER_STATE_FAILURE (0x9f) in acme.sys", or what is known of it.
static void write_subject(const struct bt_result *r, struct bt_buf *out)
{
    const struct bt_crash *crash = r->crash;
    const char *name = crash->stop.present ? r->stop.name : r->exception_name;
    uint32_t code = crash->stop.present ? crash->stop.code : crash->exception.code;
    if (!crash->stop.present && !crash->exception.present) {
        bt_buf_printf(out, "Crash dump could not be read: %s",
                      crash->problem.message != NULL ? crash->problem.message
                                                     : "it tells of no crash");
        return;
    }
    if (name != NULL)
        bt_buf_printf(out, "%s (0x%" PRIx32 ")", name, code);
    else
        bt_buf_printf(out, "%s 0x%08" PRIx32, crash->stop.present ? "Stop" : "Exception", code);
    if (r->verdict.culprit.module != NULL)
        bt_buf_printf(out, " in %s", r->verdict.culprit.module);
}

static void write_key(struct bt_buf *out, const char *label, const char *value)
{
    if (value != NULL)
        bt_buf_printf(out, "%-16s%s\n", label, value);
}

static void write_keys(const struct bt_result *r, struct bt_buf *out)
{
    bt_buf_char(out, '\n');
    write_key(out, "Signature", r->signature.group);
    write_key(out, "Exact", r->signature.exact);
    write_key(out, "Failure hash", r->signature.failure_id_hash);
    write_key(out, "WER folder", r->signature.wer_report_folder);
    write_key(out, "SHA-256", r->input.sha256);
    bt_buf_printf(out, "%-16s%s, knowledge %s\n", "bugtriage", bt_version(),
                  r->kb_version != NULL ? r->kb_version : "none");
}

static void write_body(const struct bt_result *r, const struct bt_report_options *options,
                       const char *subject, struct bt_buf *out)
{
    struct bt_report_options plain = *options;
    struct bt_buf text, keys;
    plain.width = TICKET_WIDTH;
    plain.colour = false;
    plain.utf8 = true;
    bt_buf_init(&text, out->limit);
    bt_buf_init(&keys, BT_TICKET_SIZE / 2);
    bt_report_text(r, &plain, &text);
    write_keys(r, &keys);
    bt_ticket_text(r->signature.group, subject, bt_buf_cstr(&text), bt_buf_cstr(&keys), out);
    bt_buf_fini(&text);
    bt_buf_fini(&keys);
}

void bt_report_ticket(const struct bt_result *result, const struct bt_report_options *options,
                      struct bt_buf *out)
{
    struct bt_buf subject;
    bt_buf_init(&subject, out->limit);
    write_subject(result, &subject);
    write_body(result, options, bt_buf_cstr(&subject), out);
    bt_buf_fini(&subject);
}

static void write_ticket(const struct bt_result *r, const struct bt_report_options *options,
                         void (*write)(const struct bt_ticket *, struct bt_buf *),
                         struct bt_buf *out)
{
    struct bt_buf subject, body;
    bt_buf_init(&subject, out->limit);
    bt_buf_init(&body, out->limit);
    write_subject(r, &subject);
    write_body(r, options, bt_buf_cstr(&subject), &body);
    struct bt_ticket ticket = {
        .signature = r->signature.group,
        .exact = r->signature.exact,
        .failure_id_hash = r->signature.failure_id_hash,
        .sha256 = r->input.sha256,
        .project = options->project,
        .subject = bt_buf_cstr(&subject),
        .body = bt_buf_cstr(&body),
    };
    for (size_t i = 0; i < r->matches.fitting && ticket.tag_count < BT_TICKET_TAGS; i++)
        ticket.tags[ticket.tag_count++] = r->matches.items[i].article;
    write(&ticket, out);
    bt_buf_fini(&subject);
    bt_buf_fini(&body);
}

void bt_report_jira(const struct bt_result *result, const struct bt_report_options *options,
                    struct bt_buf *out)
{
    write_ticket(result, options, bt_ticket_jira, out);
}

void bt_report_servicenow(const struct bt_result *result,
                          const struct bt_report_options *options, struct bt_buf *out)
{
    write_ticket(result, options, bt_ticket_servicenow, out);
}

void bt_report_zendesk(const struct bt_result *result, const struct bt_report_options *options,
                       struct bt_buf *out)
{
    write_ticket(result, options, bt_ticket_zendesk, out);
}
