// SPDX-License-Identifier: MIT
#include "cli/messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "report/escape.h"

enum { MESSAGE_LIMIT = 64 * 1024 };

static bool shows_utf8;
static bool shows_status; // a status line stands where the next message would go

void bt_messages_utf8(bool utf8)
{
    shows_utf8 = utf8;
}

// With one write, so that lines of several processes do not mix.
static void write_out(struct bt_buf *lines)
{
    static const char erase[] = "\r\x1b[K";
    if (shows_status)
        (void)fwrite(erase, 1, sizeof erase - 1, stderr);
    shows_status = false;
    // Where standard error cannot be written there is nobody to tell.
    (void)fwrite(bt_buf_cstr(lines), 1, lines->size, stderr);
    (void)fflush(stderr);
    bt_buf_fini(lines);
}

static void write_line(const char *text)
{
    struct bt_buf line;
    bt_buf_init(&line, MESSAGE_LIMIT);
    bt_buf_text(&line, "bugtriage: ");
    bt_escape_terminal(&line, text, strlen(text), shows_utf8);
    bt_buf_char(&line, '\n');
    write_out(&line);
}

// A line that needs a second one could not be taken away again. Characters outside ASCII may
// be two columns wide; the last column stays free, because some terminals go on behind it.
static void cut_to_width(struct bt_buf *line, unsigned width)
{
    unsigned columns = 0;
    for (size_t i = 0; width != 0 && i < line->size; i++) {
        unsigned char c = (unsigned char)line->data[i];
        if ((c & 0xc0) == 0x80)
            continue;
        columns += c < 0x80 ? 1 : 2;
        if (columns < width)
            continue;
        bt_buf_cut(line, i);
        return;
    }
}

void bt_message_status(const char *text)
{
    struct bt_buf line;
    bt_buf_init(&line, MESSAGE_LIMIT);
    bt_escape_terminal(&line, text, strlen(text), shows_utf8);
    cut_to_width(&line, bt_terminal_progress_width());
    write_out(&line); // over the status before
    shows_status = *text != '\0';
}

void bt_message_lines(const char *lines)
{
    struct bt_buf out;
    bt_buf_init(&out, BT_LIMIT_REPORT);
    for (const char *line = lines; *line != '\0';) {
        size_t size = strcspn(line, "\n");
        bt_escape_terminal(&out, line, size, shows_utf8);
        bt_buf_char(&out, '\n');
        line += size + (line[size] == '\n');
    }
    write_out(&out);
}

BT_PRINTF(1, 0) static void write_formatted(const char *format, va_list args)
{
    struct bt_buf text;
    bt_buf_init(&text, MESSAGE_LIMIT);
    bt_buf_vprintf(&text, format, args);
    write_line(bt_buf_cstr(&text));
    bt_buf_fini(&text);
}

void bt_message(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_formatted(format, args);
    va_end(args);
}

void bt_message_about(const char *subject, const char *text)
{
    bt_message("%s: %s", subject, text);
}

int bt_usage_error(const char *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_formatted(format, args);
    va_end(args);
    bt_message("see \"bugtriage%s%s --help\"", *command != '\0' ? " " : "", command);
    return BT_EXIT_USAGE;
}
