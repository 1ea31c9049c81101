// SPDX-License-Identifier: MIT
#include "report/csv.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "report/escape.h"

static void begin_cell(struct bt_csv *csv)
{
    if (csv->column++ != 0)
        bt_buf_char(csv->out, ',');
}

// What starts a formula in one of the common spreadsheets. Blanks in front do not protect: some
// programs cut them off when they load.
static bool is_formula(const char *text)
{
    while (*text == ' ')
        text++;
    return *text != '\0' && strchr("=+-@\t\r\n|", *text) != NULL;
}

// Characters that a reader cannot see, or that are no UTF-8, are written as U+FFFD; line breaks
// and tabs become blanks, so that a line of the file is a line of the table.
static void write_plain(struct bt_buf *out, const char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i < size;) {
        uint32_t c;
        size_t length = bt_utf8_decode(&text[i], size - i, &c);
        if (c == '"')
            bt_buf_text(out, "\"\"");
        else if (c == '\n' || c == '\r' || c == '\t')
            bt_buf_char(out, ' ');
        else
            bt_buf_utf8(out, bt_is_unsafe(c) ? 0xfffd : c);
        i += length;
    }
}

void bt_csv_text(struct bt_csv *csv, const char *text)
{
    begin_cell(csv);
    if (text == NULL)
        return;
    bool formula = is_formula(text);
    bool quoted = formula || strpbrk(text, ",\"\r\n\t ;") != NULL;
    if (quoted)
        bt_buf_char(csv->out, '"');
    if (formula)
        bt_buf_char(csv->out, '\'');
    write_plain(csv->out, text);
    if (quoted)
        bt_buf_char(csv->out, '"');
}

void bt_csv_number(struct bt_csv *csv, uint64_t value)
{
    begin_cell(csv);
    bt_buf_printf(csv->out, "%" PRIu64, value);
}

void bt_csv_time(struct bt_csv *csv, struct bt_opt64 filetime)
{
    char text[BT_TIME_TEXT_SIZE];
    begin_cell(csv);
    if (!filetime.known || !bt_filetime_is_plausible(filetime.value))
        return;
    bt_filetime_iso(filetime.value, text);
    bt_buf_text(csv->out, text);
}

void bt_csv_end(struct bt_csv *csv)
{
    bt_buf_text(csv->out, "\r\n");
    csv->column = 0;
}
