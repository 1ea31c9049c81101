// SPDX-License-Identifier: MIT
#include "cli/printer.h"

#include "base/limits.h"
#include "cli/messages.h"
#include "cli/terminal.h"

enum {
    WIDEST = 100, // longer lines are hard to read, however wide the screen is
    JSON_INDENT = 2,
    PIECE = 256 * 1024, // results that are written together: more would only take memory
};

struct bt_report_options bt_printer_options(const struct bt_options *options, bool several)
{
    struct bt_terminal terminal = bt_terminal_describe();
    bool to_screen = options->output == NULL && terminal.is_terminal;
    bool document = options->format->array;
    unsigned width = to_screen && terminal.width < WIDEST ? terminal.width : 0;
    bt_messages_utf8(terminal.utf8);
    return (struct bt_report_options){
        .width = options->width != 0 ? options->width : width,
        .colour = to_screen && terminal.colour && !options->no_color,
        .utf8 = terminal.utf8,
        .explain = options->explain,
        .all = options->all,
        .modules = options->modules,
        .stack = options->stack || options->threads,
        .threads = options->threads,
        .indent = document ? JSON_INDENT : 0,
        .nesting = document && several ? 1 : 0,
        .project = options->project,
    };
}

static enum bt_status open_output(struct bt_printer *printer, const struct bt_options *options,
                                  const uint64_t *keep, struct bt_error *err)
{
    if (printer->format->draw != NULL) {
        const struct bt_tally_options tally = {.rows = true,
                                               .examples = true,
                                               .redact = options->redact,
                                               .machine_folder = options->machine_folder};
        BT_TRY(bt_tally_new(&tally, &printer->tally, err));
    }
    return keep != NULL ? bt_output_continue(options->output, *keep, &printer->output, err)
                        : bt_output_open(options->output, &printer->output, err);
}

enum bt_status bt_printer_open(const struct bt_options *options, bool several,
                               const uint64_t *keep, struct bt_printer *ret)
{
    struct bt_error err;
    *ret = (struct bt_printer){
        .format = options->format,
        .report = bt_printer_options(options, several),
        .several = several,
        .name = options->output != NULL ? options->output : "standard output",
    };
    ret->run = (struct bt_run_options){
        .width = ret->report.width,
        .colour = ret->report.colour,
        .utf8 = ret->report.utf8,
        .top = options->top,
    };
    bt_buf_init(&ret->piece, 2 * BT_LIMIT_REPORT);
    bt_buf_init(&ret->first, BT_LIMIT_REPORT);
    enum bt_status status = open_output(ret, options, keep, &err);
    if (status == BT_OK)
        return BT_OK;
    bt_message_about(ret->name, err.message);
    bt_tally_free(ret->tally);
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

enum bt_status bt_printer_flush(struct bt_printer *printer)
{
    return printer->piece.size != 0 ? write_piece(printer) : BT_OK;
}

// Results that come one upon the other go out together.
static enum bt_status end_result(struct bt_printer *printer)
{
    bool full = printer->piece.size >= PIECE || bt_buf_status(&printer->piece, NULL) != BT_OK;
    return full ? write_piece(printer) : BT_OK;
}

static enum bt_status collect(struct bt_printer *printer, const char *text, size_t size)
{
    struct bt_error err;
    enum bt_status status = bt_tally_add(printer->tally, text, size, &err);
    if (status != BT_OK)
        bt_message("%s", err.message);
    return status;
}

// What stands before the next result.
static void begin_result(struct bt_printer *printer)
{
    const struct bt_output_format *format = printer->format;
    if (printer->count++ != 0)
        bt_buf_text(&printer->piece, format->between);
    else if (format->head != NULL)
        format->head(&printer->piece);
}

// A result as an element of an array. It was made to stand alone: inside of a text there are no
// line feeds, so those that there are can be followed by the indentation that it lacks.
static void add_indented(struct bt_buf *piece, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bt_buf_char(piece, text[i]);
        if (text[i] == '\n')
            bt_buf_fill(piece, ' ', JSON_INDENT);
    }
}

// One input gives one result and that is the document, unless it is an archive with several
// dumps. So the first waits until a second comes, or the end.
static enum bt_status add_to_lone(struct bt_printer *printer, const char *text, size_t size)
{
    if (printer->count == 0) {
        printer->count = 1;
        bt_buf_add(&printer->first, text, size);
        return bt_buf_status(&printer->first, NULL);
    }
    if (printer->count == 1) {
        printer->format->head(&printer->piece);
        add_indented(&printer->piece, bt_buf_cstr(&printer->first), printer->first.size);
    }
    printer->count++;
    bt_buf_text(&printer->piece, printer->format->between);
    add_indented(&printer->piece, text, size);
    return end_result(printer);
}

enum bt_status bt_printer_add_text(struct bt_printer *printer, const char *text, size_t size)
{
    if (printer->tally != NULL)
        return collect(printer, text, size);
    if (printer->format->array && !printer->several)
        return add_to_lone(printer, text, size);
    begin_result(printer);
    bt_buf_add(&printer->piece, text, size);
    bt_buf_text(&printer->piece, printer->format->end);
    return end_result(printer);
}

enum bt_status bt_printer_add(struct bt_printer *printer, const struct bt_result *result)
{
    struct bt_buf text;
    struct bt_error err;
    bt_buf_init(&text, BT_LIMIT_REPORT);
    printer->format->write(result, &printer->report, &text);
    enum bt_status status = bt_buf_status(&text, &err);
    if (status == BT_OK) {
        status = bt_printer_add_text(printer, bt_buf_cstr(&text), text.size);
        if (status == BT_OK)
            status = bt_printer_flush(printer);
    } else
        bt_message_about(printer->name, err.message);
    bt_buf_fini(&text);
    return status;
}

static enum bt_status draw(struct bt_printer *printer)
{
    struct bt_run run;
    struct bt_error err;
    enum bt_status status = bt_tally_finish(printer->tally, &run, &err);
    if (status != BT_OK) {
        bt_message("%s", err.message);
        return status;
    }
    printer->format->draw(&run, &printer->run, &printer->piece);
    return write_piece(printer);
}

static enum bt_status end_document(struct bt_printer *printer)
{
    const struct bt_output_format *format = printer->format;
    if (printer->tally != NULL)
        return draw(printer);
    if (format->array && !printer->several && printer->count < 2) {
        bt_buf_add(&printer->piece, bt_buf_cstr(&printer->first), printer->first.size);
        bt_buf_text(&printer->piece, printer->count != 0 ? "\n" : "");
    } else if (printer->count != 0)
        bt_buf_text(&printer->piece, format->after);
    else if (format->none != NULL)
        bt_buf_text(&printer->piece, format->none);
    else if (format->head != NULL)
        format->head(&printer->piece);
    return bt_printer_flush(printer);
}

// Records that were written before a failure are worth keeping: a later run can go on from
// them.
static enum bt_output_end choose_end(const struct bt_printer *printer, enum bt_printer_end end)
{
    if (end == BT_PRINTER_COMPLETE)
        return BT_OUTPUT_WHOLE;
    return end == BT_PRINTER_INTERRUPTED || printer->format->records ? BT_OUTPUT_KEEP_PART
                                                                     : BT_OUTPUT_REMOVE;
}

enum bt_status bt_printer_close(struct bt_printer *printer, enum bt_printer_end end)
{
    struct bt_error err;
    enum bt_status status =
        end != BT_PRINTER_FAILED ? end_document(printer) : bt_printer_flush(printer);
    enum bt_output_end output_end =
        choose_end(printer, status == BT_OK ? end : BT_PRINTER_FAILED);
    bt_buf_fini(&printer->piece);
    bt_buf_fini(&printer->first);
    bt_tally_free(printer->tally);
    if (output_end == BT_OUTPUT_KEEP_PART && printer->output.part != NULL)
        bt_message("what was done is kept as %s", printer->output.part);
    if (bt_output_close(&printer->output, output_end, &err) != BT_OK && status == BT_OK) {
        bt_message_about(printer->name, err.message);
        status = err.status;
    }
    return status;
}
