// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "report/escape.h"
#include "report/html_parts.h"

static const char *find_entity(uint32_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void bt_html_text(struct bt_buf *out, const char *text)
{
    size_t size = text != NULL ? strlen(text) : 0;
    size_t done = 0; // text[done..i) can be copied as it is
    for (size_t i = 0; i < size;) {
        uint32_t c;
        size_t length = bt_utf8_decode(&text[i], size - i, &c);
        const char *entity = find_entity(c);
        bool invalid = c == 0xfffd && length == 1;
        bool hidden = bt_is_unsafe(c) && c != '\n' && c != '\t' && c != '\r';
        if (entity != NULL || invalid || hidden) {
            bt_buf_add(out, &text[done], i - done);
            done = i + length;
            if (entity != NULL)
                bt_buf_text(out, entity);
            else if (invalid)
                bt_buf_utf8(out, 0xfffd);
            else
                bt_buf_printf(out, "\\u%04" PRIx32, c);
        }
        i += length;
    }
    bt_buf_add(out, size != 0 ? &text[done] : "", size - done);
}

void bt_html_link(struct bt_buf *out, const char *url, const char *text)
{
    bool web =
        url != NULL && (bt_starts_with(url, "https://") || bt_starts_with(url, "http://"));
    if (web) {
        bt_buf_text(out, "<a rel=\"noopener noreferrer\" href=\"");
        bt_html_text(out, url);
        bt_buf_text(out, "\">");
    }
    bt_html_text(out, text);
    if (web)
        bt_buf_text(out, "</a>");
}

void bt_html_date(struct bt_buf *out, struct bt_opt64 time)
{
    char text[BT_TIME_TEXT_SIZE];
    if (!time.known)
        return;
    bt_filetime_text(time.value, text);
    bt_buf_add(out, text, strlen("yyyy-mm-dd"));
}

void bt_html_tag(struct bt_buf *out, const char *word, const char *text)
{
    bt_buf_text(out, "<span class=\"tag ");
    bt_html_text(out, word);
    bt_buf_text(out, "\">");
    bt_html_text(out, text);
    bt_buf_text(out, "</span>");
}
