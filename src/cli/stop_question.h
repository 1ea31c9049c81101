// SPDX-License-Identifier: MIT
//
// What `bugtriage explain` was asked: the code of a stop or an exception with parameters, or
// text that holds one.
#ifndef BT_CLI_STOP_QUESTION_H
#define BT_CLI_STOP_QUESTION_H

#include <bugtriage/triage.h>

#include "base/version_number.h"
#include "cli/options.h"
#include "kb/exception_text.h"
#include "kb/machine_text.h"

struct bt_question {
    bool is_exception;            // which of the two it is
    struct bt_stop_question stop; // texts are those of `machine`
    struct bt_machine_text machine;
    struct bt_stop_module modules[BT_TOLD_MODULES];
    struct bt_exception_question exception; // texts are those below
    struct bt_exception_text told;
    char process_version[BT_FILE_VERSION_TEXT_SIZE];
    char module_version[BT_FILE_VERSION_TEXT_SIZE];
};

// Reads the arguments, or standard input where the only one is "-". Returns an exit status; for
// any but BT_EXIT_OK the user has been told why. *ret must not be moved: it points into itself.
int bt_read_question(const struct bt_kb *kb, const struct bt_options *options,
                     struct bt_question *ret);

#endif
