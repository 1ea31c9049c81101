// SPDX-License-Identifier: MIT
//
// --resume: what an earlier run has recorded, and going on in its own output file.
#ifndef BT_CLI_RESUMPTION_H
#define BT_CLI_RESUMPTION_H

#include "batch/resume.h"
#include "cli/options.h"

struct bt_resumption {
    struct bt_resume *resume; // NULL: nothing to leave out
    bool in_place;            // the output goes on in FILE.part ...
    uint64_t keep;            // ... after this many bytes
};

// Reads the records of --resume, if it was given. A failure has been told: the exit status, or
// BT_GO_ON.
int bt_resumption_start(const struct bt_options *options, struct bt_resumption *ret);
void bt_resumption_end(struct bt_resumption *resumption);

#endif
