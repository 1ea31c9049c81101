// SPDX-License-Identifier: MIT
//
// What an article says of a file's version, as a condition. Inside the kb room only.
#ifndef BT_KB_VERSION_CONDITION_H
#define BT_KB_VERSION_CONDITION_H

#include <stdbool.h>

#include "base/buf.h"

// Appends the condition on `file` that "2.1.5", "2.1.x", "2.1.0..2.1.4" or "below 2.1.5" means.
// False, and nothing appended, where the text is none of these.
bool bt_kb_version_condition(const char *text, const char *file, struct bt_buf *out);

#endif
