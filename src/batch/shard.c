// SPDX-License-Identifier: MIT
#include "batch/shard.h"

#include <string.h>

#include "base/stable_hash.h"
#include "base/text.h"

static bool read_variable(bt_shard_lookup *lookup, const char *name, uint64_t *ret)
{
    const char *text = lookup(name);
    return text != NULL && bt_parse_u64(text, strlen(text), ret);
}

// Slurm numbers the tasks of an array as the user wrote them: 10-50:4 has the indices 10, 14
// ...
static bool read_slurm(bt_shard_lookup *lookup, struct bt_shard *ret)
{
    uint64_t id, lowest = 0, step = 1;
    if (!read_variable(lookup, "SLURM_ARRAY_TASK_ID", &id))
        return false;
    (void)read_variable(lookup, "SLURM_ARRAY_TASK_MIN", &lowest);
    (void)read_variable(lookup, "SLURM_ARRAY_TASK_STEP", &step);
    if (id < lowest || step == 0)
        return false;
    ret->index = (id - lowest) / step;
    if (ret->count == 0)
        (void)read_variable(lookup, "SLURM_ARRAY_TASK_COUNT", &ret->count);
    return true;
}

static bool read_aws(bt_shard_lookup *lookup, struct bt_shard *ret)
{
    if (!read_variable(lookup, "AWS_BATCH_JOB_ARRAY_INDEX", &ret->index))
        return false;
    if (ret->count == 0)
        (void)read_variable(lookup, "AWS_BATCH_JOB_ARRAY_SIZE", &ret->count);
    return true;
}

static bool read_environment(bt_shard_lookup *lookup, struct bt_shard *ret)
{
    return read_slurm(lookup, ret) ||
           read_variable(lookup, "JOB_COMPLETION_INDEX", &ret->index) || read_aws(lookup, ret);
}

static enum bt_status detect(const char *text, bt_shard_lookup *lookup, struct bt_shard *ret,
                             struct bt_error *err)
{
    struct bt_shard shard = {0};
    const char *count = &text[strlen("auto")];
    if (*count != '\0' &&
        (*count != '/' || !bt_parse_u64(&count[1], strlen(&count[1]), &shard.count)))
        return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET, "the shard must be I/N, auto or auto/N");
    if (!read_environment(lookup, &shard))
        return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET,
                       "none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX and "
                       "AWS_BATCH_JOB_ARRAY_INDEX holds a number");
    if (shard.count == 0)
        return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET,
                       "the environment does not tell the number of shards: write auto/N");
    if (shard.index >= shard.count)
        return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET,
                       "the environment's index is beyond the number of shards: an array with "
                       "gaps needs auto/N");
    *ret = shard;
    return BT_OK;
}

enum bt_status bt_shard_parse(const char *text, bt_shard_lookup *lookup, struct bt_shard *ret,
                              struct bt_error *err)
{
    uint64_t index, count;
    if (bt_starts_with(text, "auto"))
        return detect(text, lookup, ret, err);
    const char *slash = strchr(text, '/');
    if (slash == NULL || !bt_parse_u64(text, (size_t)(slash - text), &index) ||
        !bt_parse_u64(&slash[1], strlen(&slash[1]), &count) || index < 1 || index > count)
        return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET,
                       "the shard must be I/N with I from 1 to N, auto or auto/N");
    *ret = (struct bt_shard){.index = index - 1, .count = count};
    return BT_OK;
}

bool bt_shard_has(const struct bt_shard *shard, const char *path)
{
    return shard->count == 0 ||
           bt_stable_hash(path, strlen(path)) % shard->count == shard->index;
}
