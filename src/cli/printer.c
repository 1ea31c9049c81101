// SPDX-License-Identifier: MIT
#include "cli/printer.h"

#include "base/limits.h"
#include "cli/messages.h"
#include "cli/terminal.h"

enum {
    WIDEST = 100, // longer lines are hard to read, however wide the screen is
    JSON_INDENT = 2,
};

static struct bt_report_options choose_options(const struct bt_options *options, bool several)
{
    struct bt_terminal terminal = bt_terminal_describe();
    bool to_screen = options->output == NULL && terminal.is_terminal;
    bool document = options->format == BT_FORMAT_JSON;
    unsigned width = to_screen && terminal.width < WIDEST ? terminal.width : 0;
    bt_messages_utf8(terminal.utf8);
    return (struct bt_report_options){
        .width = options->width != 0 ? options->width : width,
        .colour = to_screen && terminal.colour && !options->no_color,
        .utf8 = terminal.utf8,
        .explain = options->explain,
        .all = options->all,
        .modules = options->modules,
        .stack = options->stack,
        .indent = document ? JSON_INDENT : 0,
        .nesting = document && several ? 1 : 0,
    };
}

enum bt_status bt_printer_open(const struct bt_options *options, bool several,
                               struct bt_printer *ret)
{
    struct bt_error err;
    *ret = (struct bt_printer){
        .format = options->format,
        .report = choose_options(options, several),
        .several = several,
        .name = options->output != NULL ? options->output : "standard output",
    };
    enum bt_status status = bt_output_open(options->output, &ret->output, &err);
    if (status != BT_OK)
        bt_message_about(ret->name, err.message);
    bt_buf_init(&ret->piece, BT_LIMIT_REPORT);
    return status;
}

static enum bt_status write_piece(struct bt_printer *printer)
{
    struct bt_error err;
    enum bt_status status = bt_buf_status(&printer->piece, &err);
    if (status == BT_OK)
        status = bt_output_write(&printer->output, bt_buf_cstr(&printer->piece),
                                 printer->piece.size, &err);
    bt_buf_clear(&printer->piece);
    if (status != BT_OK && status != BT_ABSENT)
        bt_message_about(printer->name, err.message);
    return status;
}

enum bt_status bt_printer_add(struct bt_printer *printer, const struct bt_result *result)
{
    struct bt_buf *piece = &printer->piece;
    bool first = printer->count++ == 0;
    switch (printer->format) {
    case BT_FORMAT_TEXT:
        bt_buf_text(piece, first ? "" : "\n");
        bt_report_text(result, &printer->report, piece);
        break;
    case BT_FORMAT_JSON:
        if (printer->several)
            bt_buf_text(piece, first ? "[\n  " : ",\n  ");
        bt_report_json(result, &printer->report, piece);
        if (!printer->several)
            bt_buf_char(piece, '\n');
        break;
    case BT_FORMAT_NDJSON:
        bt_report_json(result, &printer->report, piece);
        bt_buf_char(piece, '\n');
        break;
    }
    return write_piece(printer);
}

enum bt_status bt_printer_close(struct bt_printer *printer, bool complete)
{
    struct bt_error err;
    enum bt_status status = BT_OK;
    if (complete && printer->format == BT_FORMAT_JSON && printer->several) {
        bt_buf_text(&printer->piece, printer->count == 0 ? "[]\n" : "\n]\n");
        status = write_piece(printer);
    }
    bt_buf_fini(&printer->piece);
    if (bt_output_close(&printer->output, &err) != BT_OK && status == BT_OK) {
        bt_message_about(printer->name, err.message);
        status = err.status;
    }
    return status;
}
