// SPDX-License-Identifier: MIT
//
// What the name of a file says about it. Below a directory and in archives, dumps are
// recognised by their content; only a name that says "dump" or "archive" makes an empty or
// damaged file worth a record.
#ifndef BT_BATCH_JOB_NAMES_H
#define BT_BATCH_JOB_NAMES_H

#include <stdbool.h>

bool bt_is_named_like_a_dump(const char *path); // also a packed one: "x.dmp.gz"
bool bt_is_named_like_an_archive(const char *path);

#endif
