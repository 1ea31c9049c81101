// SPDX-License-Identifier: MIT
//
// A share of the inputs: every input belongs to exactly one of N shards, by the hash of its
// path, so that machines that see the same paths divide them without talking to each other.
#ifndef BT_BATCH_SHARD_H
#define BT_BATCH_SHARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct bt_shard {
    uint64_t index; // from 0
    uint64_t count; // 0: there are no shards, everything is ours
};

// Looks a variable of the environment up; NULL where it is not set.
typedef const char *bt_shard_lookup(const char *name);

// "2/8" is the second of eight. "auto" takes both numbers from a Slurm or AWS Batch array job,
// "auto/8" takes the index from these or a Kubernetes indexed job, which does not tell how many
// there are, and the number of shards from here.
enum bt_status bt_shard_parse(const char *text, bt_shard_lookup *lookup, struct bt_shard *ret,
                              struct bt_error *err) BT_MUST_USE;

bool bt_shard_has(const struct bt_shard *shard, const char *path);

#endif
