// SPDX-License-Identifier: MIT
#include "cli/output.h"

#include <stdarg.h>

#include "base/buf.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/messages.h"

int bt_print(const char *format, ...)
{
    struct bt_output output;
    struct bt_error err;
    struct bt_buf text;
    va_list args;
    bt_buf_init(&text, BT_LIMIT_REPORT);
    va_start(args, format);
    bt_buf_vprintf(&text, format, args);
    va_end(args);
    enum bt_status status = bt_buf_status(&text, &err);
    if (status == BT_OK)
        status = bt_output_open(NULL, &output, &err);
    if (status == BT_OK)
        status = bt_output_write(&output, bt_buf_cstr(&text), text.size, &err);
    bt_buf_fini(&text);
    if (status == BT_OK || status == BT_ABSENT) // the reader of a pipe may go
        return BT_EXIT_OK;
    bt_message_about("standard output", err.message);
    return BT_EXIT_OUTPUT;
}
