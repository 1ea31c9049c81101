// SPDX-License-Identifier: MIT
//
// Messages on standard error, each one line that starts with the program's name. Nothing else
// in the program writes there.
#ifndef BT_CLI_MESSAGES_H
#define BT_CLI_MESSAGES_H

#include <stdbool.h>

#include "base/error.h"

// Characters outside ASCII are escaped until this says that the terminal shows them.
void bt_messages_utf8(bool utf8);

// "bugtriage: text"
void bt_message(const char *format, ...) BT_PRINTF(1, 2);
// "bugtriage: subject: text"; the subject is mostly a path.
void bt_message_about(const char *subject, const char *text);
// Lines that say themselves what they are about, such as the diagnostics of a compiler.
void bt_message_lines(const char *lines);
// A line on a terminal that the next message or status replaces; "" takes it away.
void bt_message_status(const char *text);
// A wrong command line: the message, then where to look. Returns BT_EXIT_USAGE.
int bt_usage_error(const char *command, const char *format, ...) BT_PRINTF(2, 3);

#endif
