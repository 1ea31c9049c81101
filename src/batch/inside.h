// SPDX-License-Identifier: MIT
//
// Lists and logs in an archive may stand behind the dumps that they tell of. So an archive is
// gone through once before its dumps are looked at, as far as that does not take long.
#ifndef BT_BATCH_INSIDE_H
#define BT_BATCH_INSIDE_H

#include "io/contents.h"
#include "triage/side_files.h"

struct bt_inside {
    struct bt_side_files *files; // owned; NULL: nothing was looked at
    uint64_t steps;              // files, and failures between them, that were passed
    bool cut;                    // there may be more behind them
};

// An archive that cannot be opened holds nothing; fails only where memory ends.
enum bt_status bt_inside_collect(const char *path, struct bt_inside *ret,
                                 struct bt_error *err) BT_MUST_USE;
void bt_inside_free(struct bt_inside *inside);

#endif
