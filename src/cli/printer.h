// SPDX-License-Identifier: MIT
//
// Results on their way out: made in the format that was asked for and written one by one.
#ifndef BT_CLI_PRINTER_H
#define BT_CLI_PRINTER_H

#include "cli/options.h"
#include "cli/output.h"
#include "report/report.h"

struct bt_printer {
    enum bt_format_option format;
    struct bt_report_options report;
    bool several; // a JSON document is an array
    size_t count; // results written
    struct bt_output output;
    const char *name; // of the output, for messages
    struct bt_buf piece;
};

// Opens the output and finds out what it can show. A failure has been told to the user.
enum bt_status bt_printer_open(const struct bt_options *options, bool several,
                               struct bt_printer *ret) BT_MUST_USE;
// Writes one result. BT_ABSENT: the reader has gone, end quietly. Another failure has been
// told.
enum bt_status bt_printer_add(struct bt_printer *printer,
                              const struct bt_result *result) BT_MUST_USE;
// Ends the document where `complete`, and closes the output; told as above.
enum bt_status bt_printer_close(struct bt_printer *printer, bool complete) BT_MUST_USE;

#endif
