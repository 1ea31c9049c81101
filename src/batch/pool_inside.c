// SPDX-License-Identifier: MIT
//
// The pool of a system without fork: the work is done here, one question at a time, with no
// limits.
#include "batch/pool.h"

#include <stdlib.h>
#include <string.h>

struct bt_pool {
    struct bt_pool_options options;
    struct bt_buf question, answer;
    uint64_t ticket;
    bool asked;
    bool prepared;
};

enum bt_status bt_pool_new(const struct bt_pool_options *options, struct bt_pool **ret,
                           struct bt_error *err)
{
    struct bt_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    pool->options = *options;
    bt_buf_init(&pool->question, SIZE_MAX / 2);
    bt_buf_init(&pool->answer, options->answer_limit);
    *ret = pool;
    return BT_OK;
}

void bt_pool_free(struct bt_pool *pool)
{
    if (pool == NULL)
        return;
    bt_buf_fini(&pool->question);
    bt_buf_fini(&pool->answer);
    free(pool);
}

bool bt_pool_contains(const struct bt_pool *pool)
{
    (void)pool;
    return false;
}

bool bt_pool_has_room(const struct bt_pool *pool)
{
    return !pool->asked;
}

bool bt_pool_is_hungry(const struct bt_pool *pool)
{
    return !pool->asked;
}

bool bt_pool_has_answer(const struct bt_pool *pool)
{
    (void)pool;
    return false;
}

enum bt_status bt_pool_ask(struct bt_pool *pool, uint64_t ticket, const char *question,
                           size_t size, struct bt_error *err)
{
    bt_buf_clear(&pool->question);
    bt_buf_add(&pool->question, question, size);
    pool->ticket = ticket;
    pool->asked = true;
    return bt_buf_status(&pool->question, err);
}

static void keep_together(struct bt_pool_reply *self)
{
    (void)self;
}

static void say_nothing(struct bt_pool_reply *self, const char *text, size_t size)
{
    (void)self;
    (void)text;
    (void)size;
}

enum bt_status bt_pool_wait(struct bt_pool *pool, int wake, int wake_fd,
                            struct bt_pool_answer *ret, struct bt_error *err)
{
    (void)wake;
    (void)wake_fd;
    if (!pool->asked)
        return BT_ABSENT;
    if (!pool->prepared && pool->options.prepare != NULL)
        BT_TRY(pool->options.prepare(pool->options.context, err));
    pool->prepared = true;
    pool->asked = false;
    bt_buf_clear(&pool->answer);
    struct bt_pool_reply reply = {
        .answer = &pool->answer, .flush = keep_together, .note = say_nothing};
    pool->options.work(pool->options.context, bt_buf_cstr(&pool->question), pool->question.size,
                       &reply);
    bool fits = bt_buf_status(&pool->answer, NULL) == BT_OK;
    *ret = (struct bt_pool_answer){
        .ticket = pool->ticket,
        .outcome = fits ? BT_POOL_ANSWERED : BT_POOL_CRASHED,
        .data = bt_buf_cstr(&pool->answer),
        .size = fits ? pool->answer.size : 0,
        .reason = "the answer is too large",
    };
    return BT_OK;
}
