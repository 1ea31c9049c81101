// SPDX-License-Identifier: MIT
//
// Results on their way out: made in the format that was asked for and written one by one, or
// collected and drawn together at the end.
#ifndef BT_CLI_PRINTER_H
#define BT_CLI_PRINTER_H

#include "batch/tally.h"
#include "cli/options.h"
#include "cli/output.h"
#include "report/formats.h"

struct bt_printer {
    const struct bt_output_format *format;
    struct bt_report_options report;
    struct bt_run_options run; // for what is drawn at the end
    struct bt_tally *tally;    // ... from this; NULL: written as it comes
    bool several;              // not one input alone: an array, a list
    size_t count;              // results taken
    struct bt_output output;
    const char *name;    // of the output, for messages
    struct bt_buf piece; // made and not yet written
    struct bt_buf first; // of an array whose only result it may be
};

// How the results ended.
enum bt_printer_end {
    BT_PRINTER_COMPLETE,
    BT_PRINTER_INTERRUPTED, // the document is ended properly, but stays FILE.part
    BT_PRINTER_FAILED,
};

// Opens the output and finds out what it can show. `keep`: bytes of FILE.part to go on from;
// NULL: it is made new. A failure has been told to the user.
enum bt_status bt_printer_open(const struct bt_options *options, bool several,
                               const uint64_t *keep, struct bt_printer *ret) BT_MUST_USE;
// Writes one result. BT_ABSENT: the reader has gone, end quietly. Another failure has been
// told.
enum bt_status bt_printer_add(struct bt_printer *printer,
                              const struct bt_result *result) BT_MUST_USE;
// The same for one that was made into text elsewhere, by printer->format and printer->report.
// It may wait for others until bt_printer_flush.
enum bt_status bt_printer_add_text(struct bt_printer *printer, const char *text,
                                   size_t size) BT_MUST_USE;
// Writes what waits.
enum bt_status bt_printer_flush(struct bt_printer *printer) BT_MUST_USE;
// Ends the document, unless it failed, and closes the output; told as above.
enum bt_status bt_printer_close(struct bt_printer *printer,
                                enum bt_printer_end end) BT_MUST_USE;

// Width, colour and characters for a report that goes to the output of these options.
struct bt_report_options bt_printer_options(const struct bt_options *options, bool several);

#endif
