// SPDX-License-Identifier: MIT
//
// The inputs of a scan, one after the other: what was named, what lists name, what lies below
// directories; without what belongs to other shards and what was recorded before.
#ifndef BT_BATCH_INPUTS_H
#define BT_BATCH_INPUTS_H

#include "batch/job.h"
#include "batch/resume.h"
#include "batch/shard.h"

struct bt_inputs_options {
    char *const *paths; // files, directories, "-"
    size_t path_count;
    const char *list; // a file that names more; NULL: none, "-": standard input
    bool list_nul;    // names in it end with NUL instead of a line feed
    bool inside_only; // links that lead out of the directory they lie below are passed over
    struct bt_shard shard;
    const struct bt_resume *resume; // NULL: none
};

struct bt_inputs;

enum bt_status bt_inputs_open(const struct bt_inputs_options *options, struct bt_inputs **ret,
                              struct bt_error *err) BT_MUST_USE;
void bt_inputs_close(struct bt_inputs *inputs); // NULL is accepted

// The next input, valid until the next call; BT_ABSENT at the end. A directory that the system
// does not let us read is an input: who opens it is told why. Any other failure is about
// ret->path (a directory beyond a limit, the list), and the inputs go on after it.
enum bt_status bt_inputs_next(struct bt_inputs *inputs, struct bt_job_input *ret,
                              struct bt_error *err) BT_MUST_USE;

// Inputs that were left out so far.
struct bt_inputs_left_out {
    uint64_t recorded;
    uint64_t links_out;   // to files elsewhere
    uint64_t links_empty; // to directories, which are never followed, and to nothing
};
struct bt_inputs_left_out bt_inputs_left_out(const struct bt_inputs *inputs);

#endif
