// SPDX-License-Identifier: MIT
//
// How far a scan is: one line on a terminal, nothing elsewhere.
#ifndef BT_CLI_PROGRESS_H
#define BT_CLI_PROGRESS_H

#include "batch/inputs.h"

struct bt_progress {
    bool shown;
    uint64_t started, updated; // milliseconds
    struct bt_inputs *ahead; // counts the inputs, a few at a time; NULL: done, or not possible
    uint64_t total;          // inputs counted
    bool total_known;
    // The packed input that was told of last.
    char unpacked[64];
    uint64_t position, whole; // bytes of it that were read, and there are; 0: not known
    uint64_t told;            // milliseconds
};

struct bt_progress_counts {
    uint64_t done;    // inputs that were looked at
    uint64_t matched; // dumps that an article fits
    uint64_t failed;  // dumps that could not be read
};

void bt_progress_start(struct bt_progress *progress, const struct bt_inputs_options *inputs);
// An input that is unpacked was read so far; `whole` 0: its size is not known.
void bt_progress_unpacking(struct bt_progress *progress, const char *path, uint64_t position,
                           uint64_t whole);
// Called often; does something a few times a second.
void bt_progress_update(struct bt_progress *progress, const struct bt_progress_counts *counts);
void bt_progress_end(struct bt_progress *progress); // takes the line away

#endif
