// SPDX-License-Identifier: MIT
//
// Adds up the records of files, and compares with what was known before.
#ifndef BT_BATCH_GROUP_H
#define BT_BATCH_GROUP_H

#include "batch/tally.h"

// All records of a file. BT_E_TRUNCATED: the file ends in the middle of a record; what comes
// before was counted. Other failures: what came before was counted too, the rest was not read.
enum bt_status bt_group_add_file(struct bt_tally *tally, const char *path,
                                 struct bt_error *err) BT_MUST_USE;

// The signatures in a file: of records, or of what `bugtriage group --format json` or ndjson
// wrote.
enum bt_status bt_group_add_baseline(struct bt_tally *tally, const char *path,
                                     struct bt_error *err) BT_MUST_USE;

#endif
