// SPDX-License-Identifier: MIT
#include "batch/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "batch/pool.h"

enum {
    // Inputs that are under way or done and waiting for an earlier one. Where one dump takes a
    // minute, the readers of the others go on this far.
    SLOTS = 4096,
    TICK = 250, // milliseconds
};

// Bytes of results that wait for an earlier one.
static const size_t HELD_LIMIT = (size_t)64 << 20;

struct slot {
    char *path;             // owned
    bool named, dumps_only; // see bt_job_input
    bool done;
    bool parts;   // of its answer came already
    char *answer; // owned; NULL where it was handed out, or is not there
    size_t size;
    // What the reader has begun with in an archive and not sent: a note, owned; NULL: nothing.
    char *begun;
    size_t begun_size;
    uint64_t left_out;   // of an archive, by the reader that is at it: see bt_job_input
    unsigned successors; // readers that went on behind one that failed
};

struct scan {
    const struct bt_scan_options *options;
    const struct bt_scan_events *events;
    struct bt_job *job; // a copy that may be changed, for failures
    struct bt_pool *pool;
    struct slot slots[SLOTS]; // [ticket % SLOTS]
    uint64_t first;           // ticket that is handed out next
    uint64_t next;            // ticket of the next input
    size_t held;              // bytes of answers that wait
    bool ended;               // there are no more inputs
    bool stopped;
    struct bt_buf question, failure;
    struct bt_error *err;
};

static struct slot *slot_of(struct scan *s, uint64_t ticket)
{
    return &s->slots[ticket % SLOTS];
}

static void empty_slot(struct scan *s, struct slot *slot)
{
    s->held -= slot->size;
    free(slot->path);
    free(slot->answer);
    free(slot->begun);
    *slot = (struct slot){0};
}

// The items of one answer. An answer that makes no sense is a failure of its reader.
static enum bt_status hand_out(struct scan *s, const struct slot *slot, const char *answer,
                               size_t size)
{
    struct bt_job_item item;
    struct bt_error err;
    size_t position = 0;
    enum bt_status status;
    while ((status = bt_job_next_item(answer, size, &position, &item, &err)) == BT_OK)
        BT_TRY(s->events->item(s->events->self, slot->path, &item));
    if (status == BT_ABSENT && (size != 0 || slot->parts))
        return BT_OK;
    const struct bt_job_input input = {.path = slot->path, .named = slot->named};
    bt_buf_clear(&s->failure);
    bt_job_failed(s->job, &input, NULL, BT_READ_CRASHED, "the reader sent nonsense",
                  &s->failure);
    position = 0;
    BT_TRY(
        bt_job_next_item(bt_buf_cstr(&s->failure), s->failure.size, &position, &item, s->err));
    return s->events->item(s->events->self, slot->path, &item);
}

// Everything at the front that is done.
static enum bt_status hand_out_front(struct scan *s)
{
    while (s->first < s->next && slot_of(s, s->first)->done) {
        struct slot *slot = slot_of(s, s->first);
        if (slot->answer != NULL)
            BT_TRY(hand_out(s, slot, slot->answer, slot->size));
        empty_slot(s, slot);
        s->first++;
    }
    return BT_OK;
}

// What came before its turn is kept, behind the parts that are there.
static enum bt_status hold(struct scan *s, struct slot *slot, const char *answer, size_t size)
{
    char *grown = realloc(slot->answer, slot->size + size + 1);
    if (grown == NULL)
        return BT_FAIL(s->err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    memcpy(&grown[slot->size], answer, size);
    slot->answer = grown;
    slot->size += size;
    s->held += size;
    return BT_OK;
}

// Parts that were held until their input is the first.
static enum bt_status hand_out_held(struct scan *s, struct slot *slot)
{
    if (slot->answer == NULL)
        return BT_OK;
    enum bt_status status = hand_out(s, slot, slot->answer, slot->size);
    s->held -= slot->size;
    free(slot->answer);
    slot->answer = NULL;
    slot->size = 0;
    return status;
}

static void forget_begun(struct slot *slot)
{
    free(slot->begun);
    slot->begun = NULL;
}

static bool is_its_turn(const struct scan *s, uint64_t ticket)
{
    return s->options->unordered || ticket == s->first;
}

static enum bt_status receive_part(struct scan *s, uint64_t ticket, const char *answer,
                                   size_t size)
{
    struct slot *slot = slot_of(s, ticket);
    slot->parts = true;
    forget_begun(slot);
    if (!is_its_turn(s, ticket))
        return hold(s, slot, answer, size);
    BT_TRY(hand_out_held(s, slot));
    return hand_out(s, slot, answer, size);
}

static enum bt_status receive(struct scan *s, uint64_t ticket, const char *answer, size_t size)
{
    struct slot *slot = slot_of(s, ticket);
    if (!is_its_turn(s, ticket)) {
        slot->done = true;
        return hold(s, slot, answer, size);
    }
    BT_TRY(hand_out_held(s, slot));
    BT_TRY(hand_out(s, slot, answer, size));
    slot->done = true;
    return hand_out_front(s);
}

static enum bt_status receive_note(struct scan *s, const struct bt_pool_answer *answer)
{
    struct slot *slot = slot_of(s, answer->ticket);
    struct bt_job_note note;
    if (!bt_job_read_note(answer->data, answer->size, &note))
        return BT_OK;
    if (!note.begins) {
        if (s->events->unpacking != NULL)
            s->events->unpacking(s->events->self, slot->path, note.position, note.whole);
        return BT_OK;
    }
    if (note.done <= slot->left_out) // it must go on, or two readers could go in a circle
        return BT_OK;
    forget_begun(slot);
    slot->begun = malloc(answer->size);
    if (slot->begun == NULL)
        return BT_FAIL(s->err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    memcpy(slot->begun, answer->data, answer->size);
    slot->begun_size = answer->size;
    return BT_OK;
}

static enum bt_status ask(struct scan *s, uint64_t ticket)
{
    const struct slot *slot = slot_of(s, ticket);
    const struct bt_job_input input = {.path = slot->path,
                                       .named = slot->named,
                                       .dumps_only = slot->dumps_only,
                                       .done = slot->left_out};
    bt_job_question(&input, &s->question);
    BT_TRY(bt_buf_status(&s->question, s->err));
    return bt_pool_ask(s->pool, ticket, bt_buf_cstr(&s->question), s->question.size, s->err);
}

// What is behind a file that a reader has failed at is for another reader. Standard input is
// read only once.
static bool can_go_on(const struct scan *s, const struct slot *slot)
{
    return slot->successors < BT_LIMIT_ARCHIVE_READERS && s->held < BT_LIMIT_ARCHIVE_ANSWER &&
           strcmp(slot->path, "-") != 0 && bt_pool_contains(s->pool);
}

static void write_failure(struct scan *s, const struct bt_pool_answer *answer,
                          const struct slot *slot, const struct bt_job_note *where, bool last)
{
    const struct bt_job_input input = {.path = slot->path, .named = slot->named};
    bool late = answer->outcome == BT_POOL_TIMED_OUT;
    bool in_archive = slot->parts || where != NULL;
    char message[240];
    const char *rest =
        in_archive && last ? "; what follows in this archive was not looked at" : "";
    if (late)
        snprintf(message, sizeof message,
                 "reading took longer than %u seconds (--timeout) and was stopped%s",
                 s->options->timeout_seconds, rest);
    else
        snprintf(message, sizeof message, "the reader failed: %s%s", answer->reason, rest);
    bt_buf_clear(&s->failure);
    bt_job_failed(s->job, &input, where, late ? BT_READ_TIMEOUT : BT_READ_CRASHED, message,
                  &s->failure);
}

static enum bt_status receive_failure(struct scan *s, const struct bt_pool_answer *answer)
{
    struct slot *slot = slot_of(s, answer->ticket);
    struct bt_job_note note;
    bool begun = slot->begun != NULL && bt_job_read_note(slot->begun, slot->begun_size, &note);
    bool goes_on = begun && can_go_on(s, slot);
    write_failure(s, answer, slot, begun ? &note : NULL, !goes_on);
    BT_TRY(bt_buf_status(&s->failure, s->err));
    // hand_out uses s->failure for itself, but only for answers that make no sense.
    if (!goes_on)
        return receive(s, answer->ticket, bt_buf_cstr(&s->failure), s->failure.size);
    slot->left_out = note.done;
    slot->successors++;
    BT_TRY(receive_part(s, answer->ticket, bt_buf_cstr(&s->failure), s->failure.size));
    return ask(s, answer->ticket);
}

static bool can_take(const struct scan *s)
{
    return !s->ended && !s->stopped && s->next - s->first < SLOTS && s->held < HELD_LIMIT &&
           bt_pool_has_room(s->pool);
}

static enum bt_status take_inputs(struct scan *s)
{
    while (can_take(s)) {
        struct bt_job_input input;
        enum bt_status status = s->events->next(s->events->self, &input);
        if (status == BT_ABSENT) {
            s->ended = true;
            break;
        }
        BT_TRY(status);
        struct slot *slot = slot_of(s, s->next);
        slot->path = strdup(input.path);
        if (slot->path == NULL)
            return BT_FAIL(s->err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
        slot->named = input.named;
        slot->dumps_only = input.dumps_only;
        BT_TRY(ask(s, s->next++));
    }
    return BT_OK;
}

// *ret_idle: there is none to wait for. That is told apart from BT_ABSENT, by which an event
// may end the scan.
static enum bt_status wait_for_answer(struct scan *s, bool *ret_idle)
{
    struct bt_pool_answer answer;
    enum bt_status status = bt_pool_wait(s->pool, TICK, s->options->wake_fd, &answer, s->err);
    *ret_idle = status == BT_ABSENT;
    if (status != BT_OK)
        return *ret_idle ? BT_OK : status;
    switch (answer.outcome) {
    case BT_POOL_ANSWERED:
        return receive(s, answer.ticket, answer.data, answer.size);
    case BT_POOL_PART:
        return receive_part(s, answer.ticket, answer.data, answer.size);
    case BT_POOL_NOTE:
        return receive_note(s, &answer);
    case BT_POOL_TIMED_OUT:
    case BT_POOL_CRASHED:
        return receive_failure(s, &answer);
    case BT_POOL_OUT_OF_TURN:
        break;
    }
    return BT_OK;
}

static enum bt_status flush(struct scan *s)
{
    return s->events->flush != NULL ? s->events->flush(s->events->self) : BT_OK;
}

// Answers that are at hand are taken together, as long as no reader waits for its next
// question. Nothing is kept back when this process may have to wait.
static bool is_time_to_flush(const struct scan *s)
{
    return !bt_pool_has_answer(s->pool) || (!s->ended && bt_pool_is_hungry(s->pool));
}

static enum bt_status run(struct scan *s)
{
    for (;;) {
        // Every time: a reader may send notes for as long as it likes.
        s->stopped = !s->events->tick(s->events->self);
        if (s->stopped)
            return BT_OK;
        if (is_time_to_flush(s)) {
            BT_TRY(flush(s));
            BT_TRY(take_inputs(s));
        }
        bool idle;
        BT_TRY(wait_for_answer(s, &idle));
        if (idle && s->ended)
            return BT_OK;
        if (idle && !can_take(s))
            return BT_FAIL(s->err, BT_E_INTERNAL, BT_NO_OFFSET, "an input got no answer");
    }
}

// After a stop: what is done although an earlier input is not.
static enum bt_status hand_out_rest(struct scan *s)
{
    for (uint64_t ticket = s->first; ticket < s->next; ticket++) {
        struct slot *slot = slot_of(s, ticket);
        if (slot->answer != NULL)
            BT_TRY(hand_out(s, slot, slot->answer, slot->size));
    }
    return BT_OK;
}

// Only those that are in use: one dump is read in less time than all of them are touched.
static void empty_slots(struct scan *s)
{
    for (; s->first < s->next; s->first++)
        empty_slot(s, slot_of(s, s->first));
}

enum bt_status bt_scan_run(const struct bt_scan_options *options,
                           const struct bt_scan_events *events, struct bt_error *err)
{
    struct bt_pool_options pool = {
        .workers = options->workers,
        .timeout_seconds = options->timeout_seconds,
        .memory = options->memory,
        .answer_limit = BT_LIMIT_REPORT,
        .prepare = bt_job_prepare,
        .work = bt_job_work,
    };
    struct bt_job job = *options->job; // the pool's work takes a context that may be changed
    pool.context = &job;
    struct scan *s = calloc(1, sizeof *s);
    if (s == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    s->options = options;
    s->events = events;
    s->err = err;
    s->job = &job;
    bt_buf_init(&s->question, 2 * BT_LIMIT_PATH);
    bt_buf_init(&s->failure, BT_LIMIT_REPORT);
    enum bt_status status = bt_pool_new(&pool, &s->pool, err);
    if (status == BT_OK)
        status = run(s);
    bt_pool_free(s->pool);
    bt_side_files_free(job.side); // where the work was done in this process
    if (status == BT_OK)
        status = hand_out_rest(s);
    empty_slots(s);
    bt_buf_fini(&s->question);
    bt_buf_fini(&s->failure);
    free(s);
    return status;
}
