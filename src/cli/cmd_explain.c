// SPDX-License-Identifier: MIT
//
// bugtriage explain CODE [P1 [P2 [P3 [P4]]]] | exception CODE [P1 ...] | TEXT | -
#include "cli/cli.h"
#include "cli/load_kb.h"
#include "cli/messages.h"
#include "cli/printer.h"
#include "cli/stop_question.h"
#include "triage/triage.h"

static int explain(const struct bt_kb *kb, const struct bt_options *options,
                   const struct bt_question *question)
{
    struct bt_triage *triage;
    struct bt_printer printer;
    struct bt_error err;
    enum bt_status asked = question->is_exception
                               ? bt_triage_exception(kb, &question->exception, &triage, &err)
                               : bt_triage_stop(kb, &question->stop, &triage, &err);
    if (asked != BT_OK) {
        bt_message("%s", err.message);
        return BT_EXIT_OUTPUT;
    }
    enum bt_status status = bt_printer_open(options, false, NULL, &printer);
    if (status == BT_OK) {
        status = bt_printer_add(&printer, bt_triage_result(triage));
        enum bt_status closed = bt_printer_close(&printer, status == BT_OK ? BT_PRINTER_COMPLETE
                                                                           : BT_PRINTER_FAILED);
        status = status != BT_OK ? status : closed;
    }
    bt_triage_free(triage);
    return status == BT_OK || status == BT_ABSENT ? BT_EXIT_OK : BT_EXIT_OUTPUT;
}

int bt_cmd_explain(int argc, char **argv)
{
    struct bt_options options;
    struct bt_question question;
    int exit_status = bt_options_parse("explain", argc, argv, &options);
    if (exit_status != BT_GO_ON)
        return exit_status;
    if (options.argument_count == 0)
        return bt_usage_error("explain", "no code was given");
    struct bt_kb *kb = bt_load_kb(&options);
    if (kb == NULL)
        return BT_EXIT_KB;
    exit_status = bt_read_question(kb, &options, &question);
    if (exit_status == BT_EXIT_OK)
        exit_status = explain(kb, &options, &question);
    bt_kb_free(kb);
    return exit_status;
}
