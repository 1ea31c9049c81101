// SPDX-License-Identifier: MIT
#include "batch/pool.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "batch/pool_worker.h"

struct bt_pool {
    struct bt_pool_options options;
    struct bt_pool_worker *workers;
    struct pollfd *polls; // two for each worker, and one to wake up
    size_t next;          // worker that is looked at first, so that all get their turn
    uint64_t left;        // when bt_pool_wait returned last
    long nap;             // microseconds, see take_nap
};

enum { QUESTION_LIMIT = 256 * 1024 * BT_POOL_WINDOW };

enum {
    QUICK = 2, // milliseconds: the worker can have one more question
    SLOW = 20, // questions would wait too long behind another
    // Where so many answers are still to come from each worker, nobody waits for one of them:
    // this process sleeps for a moment and then finds several at once.
    PATIENT = 12,
    // Microseconds of such a moment: enough for half of what the quickest worker has to do, and
    // never so long that anybody would notice.
    NAP_LEAST = 100,
    NAP_FIRST = 250,
    NAP_MOST = 4000,
};

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

enum bt_status bt_pool_new(const struct bt_pool_options *options, struct bt_pool **ret,
                           struct bt_error *err)
{
    struct bt_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    pool->options = *options;
    pool->nap = NAP_FIRST;
    pool->workers = calloc(options->workers, sizeof *pool->workers);
    pool->polls = calloc(2 * (size_t)options->workers + 1, sizeof *pool->polls);
    if (pool->workers == NULL || pool->polls == NULL) {
        pool->options.workers = 0;
        bt_pool_free(pool);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    for (size_t i = 0; i < options->workers; i++) {
        bt_buf_init(&pool->workers[i].unsent, QUESTION_LIMIT);
        pool->workers[i].window = BT_POOL_WINDOW_FIRST;
    }
    *ret = pool;
    return BT_OK;
}

static void drop_question(struct bt_pool_worker *w)
{
    free(w->questions[0].text);
    w->question_count--;
    memmove(&w->questions[0], &w->questions[1], w->question_count * sizeof w->questions[0]);
}

void bt_pool_free(struct bt_pool *pool)
{
    if (pool == NULL)
        return;
    for (size_t i = 0; i < pool->options.workers; i++) {
        struct bt_pool_worker *w = &pool->workers[i];
        bt_pool_worker_end(w, NULL, 0);
        while (w->question_count != 0)
            drop_question(w);
        bt_buf_fini(&w->unsent);
        free(w->received);
    }
    free(pool->workers);
    free(pool->polls);
    free(pool);
}

bool bt_pool_contains(const struct bt_pool *pool)
{
    (void)pool;
    return true;
}

static bool has_room(const struct bt_pool_worker *w)
{
    return w->question_count < w->window;
}

// The worker with the fewest questions of those that can take one more, if there are any.
static struct bt_pool_worker *find_idlest(const struct bt_pool *pool)
{
    struct bt_pool_worker *idlest = &pool->workers[0];
    for (size_t i = 1; i < pool->options.workers; i++) {
        struct bt_pool_worker *w = &pool->workers[i];
        bool idler = w->question_count < idlest->question_count;
        if (has_room(w) != has_room(idlest) ? has_room(w) : idler)
            idlest = w;
    }
    return idlest;
}

bool bt_pool_has_room(const struct bt_pool *pool)
{
    return has_room(find_idlest(pool));
}

bool bt_pool_is_hungry(const struct bt_pool *pool)
{
    for (size_t i = 0; i < pool->options.workers; i++) {
        if (pool->workers[i].question_count <= pool->workers[i].window / 2)
            return true;
    }
    return false;
}

bool bt_pool_has_answer(const struct bt_pool *pool)
{
    for (size_t i = 0; i < pool->options.workers; i++) {
        if (bt_pool_worker_has_answer(&pool->workers[i]))
            return true;
    }
    return false;
}

static void queue_question(struct bt_pool_worker *w, const struct bt_pool_question *question)
{
    uint64_t size = question->size;
    bt_buf_add(&w->unsent, &size, sizeof size);
    bt_buf_add(&w->unsent, question->text, question->size);
}

// A worker that runs, with all its open questions on their way.
static enum bt_status start_worker(struct bt_pool *pool, struct bt_pool_worker *w,
                                   struct bt_error *err)
{
    BT_TRY(bt_pool_worker_start(w, &pool->options, err));
    for (size_t i = 0; i < w->question_count; i++)
        queue_question(w, &w->questions[i]);
    w->started = now();
    return bt_buf_status(&w->unsent, err);
}

enum bt_status bt_pool_ask(struct bt_pool *pool, uint64_t ticket, const char *question,
                           size_t size, struct bt_error *err)
{
    struct bt_pool_worker *w = find_idlest(pool);
    char *copy = malloc(size + 1);
    if (copy == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    memcpy(copy, question, size);
    if (w->question_count == 0)
        w->started = now();
    struct bt_pool_question *q = &w->questions[w->question_count++];
    *q = (struct bt_pool_question){.ticket = ticket, .text = copy, .size = size};
    if (w->pid == 0)
        return start_worker(pool, w, err);
    queue_question(w, q); // sent by bt_pool_wait, together with others
    return bt_buf_status(&w->unsent, err);
}

// How many questions a worker may have depends on how long it takes for one.
static void adapt_window(struct bt_pool_worker *w, uint64_t time)
{
    uint64_t taken = time - w->started;
    if (taken >= SLOW)
        w->window = BT_POOL_WINDOW_LEAST;
    else if (taken <= QUICK && w->window < BT_POOL_WINDOW)
        w->window++;
}

static bool is_late(const struct bt_pool *pool, const struct bt_pool_worker *w, uint64_t time)
{
    uint64_t allowed = (uint64_t)pool->options.timeout_seconds * 1000;
    return allowed != 0 && w->question_count != 0 && time - w->started >= allowed;
}

// An answer that was received already.
static bool find_answer(struct bt_pool *pool, struct bt_pool_answer *ret)
{
    uint64_t time = now();
    for (size_t n = 0; n < pool->options.workers; n++) {
        size_t i = (pool->next + n) % pool->options.workers;
        struct bt_pool_worker *w = &pool->workers[i];
        const char *data;
        size_t size;
        enum bt_pool_outcome kind;
        if (w->question_count == 0 || !bt_pool_worker_take(w, &data, &size, &kind))
            continue;
        if (kind == BT_POOL_NOTE && is_late(pool, w, time))
            continue; // however much it has to say
        *ret = (struct bt_pool_answer){
            .ticket = w->questions[0].ticket, .outcome = kind, .data = data, .size = size};
        if (kind == BT_POOL_NOTE)
            return true;
        if (kind == BT_POOL_ANSWERED) {
            drop_question(w);
            w->answered++;
        }
        adapt_window(w, time);
        w->started = time;
        pool->next = i + 1;
        return true;
    }
    return false;
}

// Ends a worker that has failed at its first question. The others go to its successor, at once
// where there are any.
static enum bt_status give_up(struct bt_pool *pool, struct bt_pool_worker *w,
                              enum bt_pool_outcome outcome, struct bt_pool_answer *ret,
                              struct bt_error *err)
{
    *ret = (struct bt_pool_answer){.ticket = w->questions[0].ticket, .outcome = outcome};
    bt_pool_worker_end(w, ret->reason, sizeof ret->reason);
    drop_question(w);
    w->window = BT_POOL_WINDOW_LEAST;
    return w->question_count != 0 ? start_worker(pool, w, err) : BT_OK;
}

// Milliseconds until the first worker has used up its time; `wake` where that comes before.
static int find_patience(const struct bt_pool *pool, int wake, uint64_t time)
{
    int64_t least = wake < 0 ? INT64_MAX : wake;
    uint64_t allowed = (uint64_t)pool->options.timeout_seconds * 1000;
    for (size_t i = 0; allowed != 0 && i < pool->options.workers; i++) {
        const struct bt_pool_worker *w = &pool->workers[i];
        if (w->question_count == 0)
            continue;
        uint64_t end = w->started + allowed;
        int64_t left = end > time ? (int64_t)(end - time) : 0;
        least = left < least ? left : least;
    }
    return least > 1000000 ? (wake < 0 ? -1 : 1000000) : (int)least;
}

// A worker that has gone is noticed when its answer is read.
static void send_questions(struct bt_pool *pool)
{
    for (size_t i = 0; i < pool->options.workers; i++) {
        struct bt_pool_worker *w = &pool->workers[i];
        if (w->pid != 0 && w->unsent.size != 0)
            (void)bt_pool_worker_send(w);
    }
}

// Whether every worker has enough to do for a while.
static bool can_nap(const struct bt_pool *pool)
{
    for (size_t i = 0; i < pool->options.workers; i++) {
        if (pool->workers[i].question_count < PATIENT)
            return false;
    }
    return true;
}

// The next nap is longer where the last one brought little, and shorter where it brought so
// much that a worker came to the end of its questions, or of the room for its answers.
static void choose_nap(struct bt_pool *pool)
{
    bool shorter = false, longer = true;
    for (size_t i = 0; i < pool->options.workers; i++) {
        struct bt_pool_worker *w = &pool->workers[i];
        shorter = shorter || w->answered > w->window * 3 / 4 || w->brought > w->pipe_size / 2;
        longer = longer && w->answered < w->window / 2 && w->brought < w->pipe_size / 4;
        w->answered = w->brought = 0;
    }
    if (shorter)
        pool->nap /= 2;
    else if (longer)
        pool->nap += pool->nap / 4;
    pool->nap = pool->nap < NAP_LEAST ? NAP_LEAST : pool->nap > NAP_MOST ? NAP_MOST : pool->nap;
}

static void take_nap(struct bt_pool *pool)
{
    if (!can_nap(pool))
        return;
    choose_nap(pool);
    nanosleep(&(struct timespec){.tv_nsec = pool->nap * 1000}, NULL);
}

// Waits for any of the pipes. False: nothing but the wake-up came.
static bool wait_for_pipes(struct bt_pool *pool, int patience, int wake_fd)
{
    size_t count = 0;
    for (size_t i = 0; i < pool->options.workers; i++) {
        const struct bt_pool_worker *w = &pool->workers[i];
        bool open = w->pid != 0 && w->question_count != 0;
        bool unsent = open && w->unsent.size != 0;
        pool->polls[count++] = (struct pollfd){open ? w->answer_fd : -1, POLLIN, 0};
        pool->polls[count++] = (struct pollfd){unsent ? w->question_fd : -1, POLLOUT, 0};
    }
    pool->polls[count++] = (struct pollfd){wake_fd, POLLIN, 0};
    int ready = poll(pool->polls, (nfds_t)count, patience);
    if (ready <= 0)
        return false;
    return ready > 1 || pool->polls[count - 1].revents == 0;
}

// Moves bytes for one worker.
static void serve(struct bt_pool *pool, size_t index)
{
    struct bt_pool_worker *w = &pool->workers[index];
    if (pool->polls[2 * index + 1].revents != 0)
        (void)bt_pool_worker_send(w);
    if (pool->polls[2 * index].revents != 0 &&
        !bt_pool_worker_receive(w, pool->options.answer_limit))
        w->gone = true;
}

static bool has_questions(const struct bt_pool *pool)
{
    for (size_t i = 0; i < pool->options.workers; i++) {
        if (pool->workers[i].question_count != 0)
            return true;
    }
    return false;
}

// A worker that has gone, or has used up its time. What it said before was handed out first.
static struct bt_pool_worker *find_failure(struct bt_pool *pool, enum bt_pool_outcome *ret)
{
    uint64_t time = now();
    for (size_t i = 0; i < pool->options.workers; i++) {
        struct bt_pool_worker *w = &pool->workers[i];
        if (w->question_count == 0)
            continue;
        bool failed = w->gone || bt_pool_worker_lies(w, pool->options.answer_limit);
        if (!failed && !is_late(pool, w, time))
            continue;
        *ret = failed ? BT_POOL_CRASHED : BT_POOL_TIMED_OUT;
        return w;
    }
    return NULL;
}

// Time that this process spent elsewhere, perhaps waiting for the reader of its output, is not
// held against the workers.
static void forgive_absence(struct bt_pool *pool)
{
    uint64_t away = now() - pool->left;
    for (size_t i = 0; i < pool->options.workers; i++) {
        if (pool->workers[i].started <= pool->left)
            pool->workers[i].started += away;
    }
}

static enum bt_status find_outcome(struct bt_pool *pool, int wake, int wake_fd,
                                   struct bt_pool_answer *ret, struct bt_error *err)
{
    enum bt_pool_outcome failure;
    if (find_answer(pool, ret))
        return BT_OK;
    if (!has_questions(pool))
        return BT_ABSENT;
    // What an earlier read brought may be the failure already: then no pipe would ever wake us.
    struct bt_pool_worker *failed = find_failure(pool, &failure);
    if (failed != NULL)
        return give_up(pool, failed, failure, ret, err);
    send_questions(pool);
    take_nap(pool);
    if (wait_for_pipes(pool, find_patience(pool, wake, now()), wake_fd)) {
        for (size_t i = 0; i < pool->options.workers; i++)
            serve(pool, i);
    }
    if (find_answer(pool, ret))
        return BT_OK;
    failed = find_failure(pool, &failure);
    if (failed != NULL)
        return give_up(pool, failed, failure, ret, err);
    *ret = (struct bt_pool_answer){.outcome = BT_POOL_OUT_OF_TURN};
    return BT_OK;
}

enum bt_status bt_pool_wait(struct bt_pool *pool, int wake, int wake_fd,
                            struct bt_pool_answer *ret, struct bt_error *err)
{
    forgive_absence(pool);
    enum bt_status status = find_outcome(pool, wake, wake_fd, ret, err);
    pool->left = now();
    return status;
}
