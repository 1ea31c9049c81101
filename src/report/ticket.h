// SPDX-License-Identifier: MIT
//
// A ticket before it takes the form of one ticket system; inside the report room only. All
// texts are borrowed.
#ifndef BT_REPORT_TICKET_H
#define BT_REPORT_TICKET_H

#include "base/buf.h"

enum { BT_TICKET_TAGS = 8 };

struct bt_ticket {
    const char *signature; // the key by which a second ticket can be avoided; NULL: none
    const char *exact, *failure_id_hash, *sha256;
    const char *project; // Jira: the key of it; NULL: for the sender to add
    const char *subject; // one line
    const char *body;    // fewer than BT_TICKET_SIZE bytes
    const char *tags[BT_TICKET_TAGS];
    size_t tag_count;
};

// POST /rest/api/2/issue, which Jira takes where there is a project
void bt_ticket_jira(const struct bt_ticket *ticket, struct bt_buf *out);
// POST /api/now/table/incident
void bt_ticket_servicenow(const struct bt_ticket *ticket, struct bt_buf *out);
// POST /api/v2/tickets
void bt_ticket_zendesk(const struct bt_ticket *ticket, struct bt_buf *out);

// The text of a ticket: `subject` with the signature in front as the first line, then `text`,
// cut at the end of a line where it is too long, then the lines of `keys`.
void bt_ticket_text(const char *signature, const char *subject, const char *text,
                    const char *keys, struct bt_buf *out);

#endif
