// SPDX-License-Identifier: MIT
//
// What `bugtriage explain` was asked: a code and parameters, or text that holds a stop.
#ifndef BT_CLI_STOP_QUESTION_H
#define BT_CLI_STOP_QUESTION_H

#include <bugtriage/triage.h>

#include "cli/options.h"

// Reads the arguments, or standard input where the only one is "-". Returns an exit status; for
// any but BT_EXIT_OK the user has been told why.
int bt_read_stop_question(const struct bt_kb *kb, const struct bt_options *options,
                          struct bt_stop_question *ret);

#endif
