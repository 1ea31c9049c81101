// SPDX-License-Identifier: MIT
#include "report/page.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "report/escape.h"

// Select Graphic Rendition parameters; the eight standard colours are readable on light and on
// dark screens alike only without bold black and white, so those are not used.
static const char *const style_codes[] = {
    [BT_STYLE_PLAIN] = NULL, [BT_STYLE_STRONG] = "1", [BT_STYLE_DIM] = "2",
    [BT_STYLE_GOOD] = "32",  [BT_STYLE_WARN] = "33",  [BT_STYLE_BAD] = "31",
};

void bt_page_end(struct bt_page *page)
{
    bt_buf_char(page->out, '\n');
    page->column = 0;
}

void bt_page_gap(struct bt_page *page)
{
    page->gap = page->out->size != 0;
}

// Pays the empty line that is owed.
static void start_text(struct bt_page *page)
{
    if (page->gap && page->column == 0)
        bt_buf_char(page->out, '\n');
    page->gap = false;
}

void bt_page_to(struct bt_page *page, size_t column)
{
    if (page->column >= column)
        return;
    start_text(page);
    bt_buf_fill(page->out, ' ', column - page->column);
    page->column = column;
}

static void put_plain(struct bt_page *page, const char *text, size_t size)
{
    start_text(page);
    page->column += bt_escape_terminal(page->out, text, size, page->utf8);
}

void bt_page_put(struct bt_page *page, enum bt_style style, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    start_text(page);
    bool styled = page->colour && style_codes[style] != NULL;
    if (styled)
        bt_buf_printf(page->out, "\x1b[%sm", style_codes[style]);
    put_plain(page, text, strlen(text));
    if (styled)
        bt_buf_text(page->out, "\x1b[0m");
}

void bt_page_putf(struct bt_page *page, enum bt_style style, const char *format, ...)
{
    struct bt_buf text;
    bt_buf_init(&text, page->out->limit);
    va_list args;
    va_start(args, format);
    bt_buf_vprintf(&text, format, args);
    va_end(args);
    bt_page_put(page, style, bt_buf_cstr(&text));
    bt_buf_fini(&text);
}

size_t bt_page_columns(const struct bt_page *page, const char *text)
{
    return bt_escape_terminal(NULL, text, strlen(text), page->utf8);
}

void bt_page_wrap(struct bt_page *page, size_t indent, const char *text)
{
    bt_page_wrap_to(page, indent, page->width, text);
}

void bt_page_wrap_to(struct bt_page *page, size_t indent, size_t right, const char *text)
{
    bool fresh = true; // no space is owed before the next word
    for (const char *p = text; *p != '\0';) {
        if (bt_is_space(*p)) {
            p++;
            continue;
        }
        size_t size = strcspn(p, " \t\r\n");
        size_t columns = bt_escape_terminal(NULL, p, size, page->utf8);
        if (page->column + !fresh + columns > right && (!fresh || page->column > indent)) {
            bt_page_end(page);
            bt_page_to(page, indent);
            fresh = true;
        }
        if (!fresh)
            bt_page_to(page, page->column + 1);
        put_plain(page, p, size);
        fresh = false;
        p += size;
    }
}

const char *bt_page_separator(const struct bt_page *page)
{
    return page->utf8 ? " \xc2\xb7 " : ", ";
}
