// SPDX-License-Identifier: MIT
#include "report/ticket.h"

#include <inttypes.h>
#include <string.h>

#include "base/stable_hash.h"
#include "base/text.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/json_writer.h"

// What the systems accept. Jira: 255 characters of summary and of a label; ServiceNow: 160 of
// short_description, 100 of correlation_id; Zendesk: 255 of external_id.
enum { JIRA_LINE = 255, SERVICENOW_LINE = 160, SERVICENOW_KEY = 100, ZENDESK_KEY = 255 };

static const char CUT[] = "... cut here; the record of the dump holds the rest\n";

// As much of `text` as fits into `size` bytes, whole lines; where not even the first line fits,
// whole characters of it.
static size_t fit_lines(const char *text, size_t size)
{
    size_t whole = strlen(text), end = size;
    if (whole <= size)
        return whole;
    while (end > 0 && text[end - 1] != '\n')
        end--;
    return end > 0 ? end : bt_utf8_fit(text, whole, size);
}

// One line of at most `size` bytes in whole characters. Names out of a dump may hold anything.
static void add_line(struct bt_buf *out, const char *text, size_t size)
{
    struct bt_buf line;
    bt_buf_init(&line, BT_TICKET_SIZE);
    bt_escape_terminal(&line, text, bt_utf8_fit(text, strcspn(text, "\r\n"), size), true);
    bt_buf_add(out, bt_buf_cstr(&line), bt_utf8_fit(bt_buf_cstr(&line), line.size, size));
    bt_buf_fini(&line);
}

void bt_ticket_text(const char *signature, const char *subject, const char *text,
                    const char *keys, struct bt_buf *out)
{
    struct bt_buf head;
    bt_buf_init(&head, BT_TICKET_SIZE);
    if (signature != NULL) {
        bt_buf_char(&head, '[');
        add_line(&head, signature, 1024);
        bt_buf_text(&head, "] ");
    }
    add_line(&head, subject, 1024);
    bt_buf_text(&head, "\n\n");
    size_t fixed = head.size + strlen(keys) + sizeof CUT + 1;
    size_t room = fixed < BT_TICKET_SIZE ? BT_TICKET_SIZE - 1 - fixed : 0;
    size_t used = fit_lines(text, room);
    bt_buf_add(out, bt_buf_cstr(&head), head.size);
    bt_buf_add(out, text, used);
    if (text[used] != '\0') {
        if (used > 0 && text[used - 1] != '\n')
            bt_buf_char(out, '\n');
        bt_buf_text(out, CUT);
    }
    bt_buf_text(out, keys);
    bt_buf_fini(&head);
}

// A key for a field that holds `size` characters: cut where it is too long, with a sum of the
// whole so that two keys that begin alike stay two.
static void write_key(struct bt_json *json, const char *name, const char *key, size_t size)
{
    struct bt_buf text;
    if (key == NULL) {
        bt_json_null(json, name);
        return;
    }
    bt_buf_init(&text, 1024);
    if (strlen(key) <= size) {
        bt_buf_text(&text, key);
    } else {
        add_line(&text, key, size - 17);
        bt_buf_printf(&text, "~%016" PRIx64, bt_stable_hash(key, strlen(key)));
    }
    bt_json_text(json, name, bt_buf_cstr(&text));
    bt_buf_fini(&text);
}

static void write_line(struct bt_json *json, const char *name, const char *text, size_t size)
{
    struct bt_buf line;
    bt_buf_init(&line, 1024);
    add_line(&line, text, size);
    bt_json_text(json, name, bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

// Labels and tags must not hold blanks.
static void write_tag(struct bt_json *json, const char *tag, size_t size)
{
    struct bt_buf text;
    bt_buf_init(&text, 1024);
    for (size_t i = 0; tag[i] != '\0' && i < size; i++)
        bt_buf_char(&text, bt_is_space(tag[i]) ? '_' : tag[i]);
    bt_json_text(json, NULL, bt_buf_cstr(&text));
    bt_buf_fini(&text);
}

static void write_tags(struct bt_json *json, const char *name, const struct bt_ticket *ticket,
                       bool with_signature)
{
    bt_json_array(json, name);
    bt_json_text(json, NULL, "bugtriage");
    if (with_signature && ticket->signature != NULL)
        write_tag(json, ticket->signature, JIRA_LINE);
    for (size_t i = 0; i < ticket->tag_count; i++)
        write_tag(json, ticket->tags[i], JIRA_LINE);
    bt_json_end_array(json);
}

void bt_ticket_jira(const struct bt_ticket *ticket, struct bt_buf *out)
{
    struct bt_json json;
    bt_json_init(&json, out, 0, 0);
    bt_json_object(&json, NULL);
    bt_json_object(&json, "fields");
    if (ticket->project != NULL) {
        bt_json_object(&json, "project");
        bt_json_text(&json, "key", ticket->project);
        bt_json_end_object(&json);
    }
    bt_json_object(&json, "issuetype");
    bt_json_text(&json, "name", "Bug");
    bt_json_end_object(&json);
    write_line(&json, "summary", ticket->subject, JIRA_LINE);
    bt_json_text(&json, "description", ticket->body);
    write_tags(&json, "labels", ticket, true);
    bt_json_end_object(&json);
    bt_json_array(&json, "properties");
    bt_json_object(&json, NULL);
    bt_json_text(&json, "key", "bugtriage");
    bt_json_object(&json, "value");
    bt_json_text(&json, "signature", ticket->signature);
    bt_json_text(&json, "exact", ticket->exact);
    bt_json_text(&json, "failure_id_hash", ticket->failure_id_hash);
    bt_json_text(&json, "sha256", ticket->sha256);
    bt_json_end_object(&json);
    bt_json_end_object(&json);
    bt_json_end_array(&json);
    bt_json_end_object(&json);
}

void bt_ticket_servicenow(const struct bt_ticket *ticket, struct bt_buf *out)
{
    struct bt_json json;
    bt_json_init(&json, out, 0, 0);
    bt_json_object(&json, NULL);
    write_line(&json, "short_description", ticket->subject, SERVICENOW_LINE);
    bt_json_text(&json, "description", ticket->body);
    write_key(&json, "correlation_id", ticket->signature, SERVICENOW_KEY);
    bt_json_text(&json, "correlation_display", "bugtriage");
    bt_json_end_object(&json);
}

void bt_ticket_zendesk(const struct bt_ticket *ticket, struct bt_buf *out)
{
    struct bt_json json;
    bt_json_init(&json, out, 0, 0);
    bt_json_object(&json, NULL);
    bt_json_object(&json, "ticket");
    write_line(&json, "subject", ticket->subject, JIRA_LINE);
    bt_json_object(&json, "comment");
    bt_json_text(&json, "body", ticket->body);
    bt_json_end_object(&json);
    bt_json_text(&json, "type", "incident");
    write_key(&json, "external_id", ticket->signature, ZENDESK_KEY);
    write_tags(&json, "tags", ticket, false);
    bt_json_end_object(&json);
    bt_json_end_object(&json);
}
