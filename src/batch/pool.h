// SPDX-License-Identifier: MIT
//
// Work done by processes that may hang, crash or run out of memory without harm to anything but
// the one piece of work they were at. Each worker has a pipe for questions and one for answers,
// works through its questions in order, and is replaced when it fails.
//
// pool_posix.c; pool_inside.c does the work in this process where there is no way to fork:
// nothing is contained there, and bt_pool_contains says so.
#ifndef BT_BATCH_POOL_H
#define BT_BATCH_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct bt_pool;

// The answer to one question, while it is made.
struct bt_pool_reply {
    struct bt_buf *answer;
    // Sends what is there as a part of the answer, and makes `answer` empty. What was sent is
    // safe, whatever becomes of the worker, and its time begins anew. Does nothing where there
    // is no worker.
    void (*flush)(struct bt_pool_reply *self);
    // Sends a word in between, which is no part of the answer and buys no time: how far the
    // work is. Does nothing where there is no worker.
    void (*note)(struct bt_pool_reply *self, const char *text, size_t size);
};

struct bt_pool_options {
    unsigned workers;         // at least 1
    unsigned timeout_seconds; // for one piece of work, or a part; 0: as long as it takes
    uint64_t memory;          // bytes of address space a worker may have; 0: any
    size_t answer_limit; // bytes of one answer, or a part; a worker that sends more has failed
    // Runs once in each new worker before its first question: the place to give up rights.
    // Nothing is done with what it returns but to end the worker.
    enum bt_status (*prepare)(void *context, struct bt_error *err);
    // One piece of work: turns a question into an answer. Runs in a worker.
    void (*work)(void *context, const char *question, size_t size, struct bt_pool_reply *reply);
    void *context; // of both; workers have a copy of what it was when they were started
};

enum bt_pool_outcome {
    BT_POOL_ANSWERED,
    BT_POOL_PART, // of an answer: more follows
    BT_POOL_NOTE, // a word in between
    BT_POOL_TIMED_OUT,
    BT_POOL_CRASHED,     // see `reason`
    BT_POOL_OUT_OF_TURN, // nothing yet, but the caller was interrupted: ask again
};

struct bt_pool_answer {
    uint64_t ticket; // of the question
    enum bt_pool_outcome outcome;
    const char *data; // valid until the next call
    size_t size;
    char reason[96]; // how a worker ended: "killed by signal 11 (Segmentation fault)"
};

// The process must ignore SIGPIPE: a worker that has gone is noticed by its answers.
enum bt_status bt_pool_new(const struct bt_pool_options *options, struct bt_pool **ret,
                           struct bt_error *err) BT_MUST_USE;
// Ends the workers, whatever they are doing. NULL is accepted.
void bt_pool_free(struct bt_pool *pool);

// Whether a failing worker leaves this process alone.
bool bt_pool_contains(const struct bt_pool *pool);

// Whether another question can be taken without waiting.
bool bt_pool_has_room(const struct bt_pool *pool);
// Whether a worker has few questions left: it is time to ask on.
bool bt_pool_is_hungry(const struct bt_pool *pool);
// Whether bt_pool_wait has an answer at hand. False where it may have to wait, or to tell of a
// failure.
bool bt_pool_has_answer(const struct bt_pool *pool);
// Hands a question over; only while bt_pool_has_room, or once after a failure, in the place of
// the question that it ended. `ticket` comes back with the answer.
enum bt_status bt_pool_ask(struct bt_pool *pool, uint64_t ticket, const char *question,
                           size_t size, struct bt_error *err) BT_MUST_USE;

// Waits for an answer of any worker, at most until `wake` milliseconds have gone (negative: for
// ever) or the descriptor `wake_fd` (negative: none) can be read: then BT_POOL_OUT_OF_TURN.
// BT_ABSENT: no question is open. Answers of one worker come in the order of its questions.
enum bt_status bt_pool_wait(struct bt_pool *pool, int wake, int wake_fd,
                            struct bt_pool_answer *ret, struct bt_error *err) BT_MUST_USE;

#endif
