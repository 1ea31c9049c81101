// SPDX-License-Identifier: MIT
//
// bugtriage kb import: drafts of articles from the texts of a vendor's.
#ifndef BT_CLI_KB_IMPORT_H
#define BT_CLI_KB_IMPORT_H

#include <stddef.h>

#include "kb/kb.h"

// Imports files and whole directories. Drafts go to the folder `output`, or, for one file, to
// standard output where it is NULL. An existing file is never overwritten. Below a directory,
// texts that name no stop are only counted. Returns an exit status; messages have been told.
int bt_kb_import(const struct bt_kb *kb, const char *const *paths, size_t count,
                 const char *output);

#endif
