// SPDX-License-Identifier: MIT
//
// One worker process and its two pipes; for pool_posix.c and worker_posix.c only.
//
// A question on the pipe is its size (8 bytes, in the byte order of the machine) and its bytes;
// an answer is the same, and so is a part of one, with the highest bit of its size set, and a
// note, with the bit below that.
#ifndef BT_BATCH_POOL_WORKER_H
#define BT_BATCH_POOL_WORKER_H

#include <sys/types.h>

#include "batch/pool.h"

// Questions that one worker may have at once: enough that it never waits for this process, few
// enough that they do not pile up behind a slow one. A worker that is quick gets more, one that
// is slow fewer.
enum { BT_POOL_WINDOW_LEAST = 2, BT_POOL_WINDOW_FIRST = 16, BT_POOL_WINDOW = 64 };

struct bt_pool_question {
    uint64_t ticket;
    char *text; // owned
    size_t size;
};

struct bt_pool_worker {
    pid_t pid; // 0: not running
    int question_fd, answer_fd;
    struct bt_pool_question questions[BT_POOL_WINDOW]; // the first is being worked at
    size_t question_count;
    size_t window;                                       // questions that it may have now
    struct bt_buf unsent;                                // of questions
    size_t sent;                                         // bytes of it
    char *received;                                      // answers, each with its size in front
    size_t received_at, received_end, received_capacity; // [at, end) is not yet handed out
    uint64_t started; // milliseconds of the monotonic clock: when the first question was begun
    bool gone;        // there will be no more answers
    size_t pipe_size; // bytes of answers that wait before the worker has to
    size_t answered, brought; // answers, and bytes of them, since the last nap of the pool
};

// Starts a process that works until its pipe of questions is closed.
enum bt_status bt_pool_worker_start(struct bt_pool_worker *worker,
                                    const struct bt_pool_options *options,
                                    struct bt_error *err) BT_MUST_USE;
// Kills the process, waits for its end and describes it in `reason`.
void bt_pool_worker_end(struct bt_pool_worker *worker, char *reason, size_t size);
// Sends what can be sent without waiting. False: the worker has gone.
bool bt_pool_worker_send(struct bt_pool_worker *worker);
// Receives what is there. False: the worker has gone.
bool bt_pool_worker_receive(struct bt_pool_worker *worker, size_t limit);
// The next answer, part of one or note that is all there; false where there is none. Valid
// until more is received.
bool bt_pool_worker_take(struct bt_pool_worker *worker, const char **ret_data, size_t *ret_size,
                         enum bt_pool_outcome *ret_kind);
// Whether bt_pool_worker_take has one.
bool bt_pool_worker_has_answer(const struct bt_pool_worker *worker);
// Whether the next answer says that it is larger than it may be.
bool bt_pool_worker_lies(const struct bt_pool_worker *worker, size_t limit);

#endif
