// SPDX-License-Identifier: MIT
//
// Workers that do everything a reader of hostile dumps might do.
#include "batch/pool.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

enum { ANSWER_LIMIT = 4 << 20 };

// The question says what to do.
static void work(void *context, const char *question, size_t size, struct bt_pool_reply *reply)
{
    struct bt_buf *answer = reply->answer;
    (void)context;
    if (strncmp(question, "parts", 5) == 0) {
        bt_buf_text(answer, "one");
        reply->flush(reply);
        reply->flush(reply); // of nothing
        bt_buf_fill(answer, 'x', 3 << 20);
        reply->flush(reply);
        if (strcmp(question, "parts and crash") == 0)
            _exit(7);
        if (strcmp(question, "parts in time") == 0) {
            for (int i = 0; i < 3; i++) {
                usleep(600000);
                bt_buf_text(answer, "slow");
                reply->flush(reply);
            }
        }
    }
    if (strncmp(question, "crash", 5) == 0) {
        signal(SIGSEGV, SIG_DFL); // the test library catches it
        raise(SIGSEGV);
    }
    if (strncmp(question, "exit", 4) == 0)
        _exit(7);
    if (strncmp(question, "hang", 4) == 0)
        for (;;)
            pause();
    if (strncmp(question, "loop", 4) == 0)
        for (volatile unsigned n = 0;; n++)
            ;
    if (strncmp(question, "stop", 4) == 0)
        raise(SIGSTOP);
    if (strncmp(question, "note", 4) == 0)
        reply->note(reply, "half way", 8);
    while (strcmp(question, "notes for ever") == 0) {
        reply->note(reply, "", 0);
        usleep(1000);
    }
    if (strncmp(question, "big", 3) == 0)
        bt_buf_fill(answer, 'x', 3 << 20);
    if (strncmp(question, "huge", 4) == 0)
        bt_buf_fill(answer, 'x', 8 << 20);
    if (strncmp(question, "lie", 3) == 0) { // a header that promises more than is allowed
        uint64_t lie = UINT64_MAX;
        for (int fd = 3; fd < 64; fd++)
            (void)!write(fd, &lie, sizeof lie);
    }
    bt_buf_text(answer, "re: ");
    bt_buf_add(answer, question, size);
}

static struct bt_pool *start(unsigned workers, unsigned timeout)
{
    struct bt_pool *pool;
    struct bt_pool_options options = {.workers = workers,
                                      .timeout_seconds = timeout,
                                      .answer_limit = ANSWER_LIMIT,
                                      .work = work};
    assert_int_equal(bt_pool_new(&options, &pool, NULL), BT_OK);
    return pool;
}

static void ask(struct bt_pool *pool, uint64_t ticket, const char *question)
{
    assert_true(bt_pool_has_room(pool));
    assert_int_equal(bt_pool_ask(pool, ticket, question, strlen(question), NULL), BT_OK);
}

static struct bt_pool_answer wait_for(struct bt_pool *pool)
{
    struct bt_pool_answer answer;
    do {
        assert_int_equal(bt_pool_wait(pool, -1, -1, &answer, NULL), BT_OK);
    } while (answer.outcome == BT_POOL_OUT_OF_TURN);
    return answer;
}

static void assert_nothing_open(struct bt_pool *pool)
{
    struct bt_pool_answer answer;
    assert_int_equal(bt_pool_wait(pool, -1, -1, &answer, NULL), BT_ABSENT);
}

static void every_question_is_answered_once(void **state)
{
    (void)state;
    enum { QUESTIONS = 3000 };
    static unsigned char seen[QUESTIONS];
    struct bt_pool *pool = start(3, 0);
    uint64_t asked = 0, answered = 0;
    while (answered < QUESTIONS) {
        char text[32];
        while (asked < QUESTIONS && bt_pool_has_room(pool)) {
            snprintf(text, sizeof text, "q%u", (unsigned)asked);
            ask(pool, asked++, text);
        }
        struct bt_pool_answer answer = wait_for(pool);
        snprintf(text, sizeof text, "re: q%u", (unsigned)answer.ticket);
        assert_int_equal(answer.outcome, BT_POOL_ANSWERED);
        assert_int_equal(answer.size, strlen(text));
        assert_memory_equal(answer.data, text, answer.size);
        assert_int_equal(seen[answer.ticket]++, 0);
        answered++;
    }
    assert_nothing_open(pool);
    bt_pool_free(pool);
}

static void check_failure(const char *question, unsigned timeout, enum bt_pool_outcome expected,
                          const char *reason)
{
    struct bt_pool *pool = start(1, timeout);
    bool failed = false;
    ask(pool, 1, "before");
    ask(pool, 2, question);
    ask(pool, 3, "after");
    for (int i = 0; i < 3; i++) {
        struct bt_pool_answer answer = wait_for(pool);
        if (answer.ticket != 2) {
            assert_int_equal(answer.outcome, BT_POOL_ANSWERED);
            continue;
        }
        failed = true;
        assert_int_equal(answer.outcome, expected);
        if (reason != NULL)
            assert_non_null(strstr(answer.reason, reason));
    }
    assert_true(failed);
    assert_nothing_open(pool);
    bt_pool_free(pool);
}

static void crash_costs_one_answer(void **state)
{
    (void)state;
    check_failure("crash", 0, BT_POOL_CRASHED, "signal 11");
    check_failure("exit", 0, BT_POOL_CRASHED, "status 7");
}

static void hang_costs_one_answer(void **state)
{
    (void)state;
    check_failure("hang", 1, BT_POOL_TIMED_OUT, NULL);
    check_failure("loop", 1, BT_POOL_TIMED_OUT, NULL);
    check_failure("stop", 1, BT_POOL_TIMED_OUT, NULL);
}

static void answer_beyond_the_limit_costs_one_answer(void **state)
{
    (void)state;
    check_failure("big", 0, BT_POOL_ANSWERED, NULL);
    check_failure("huge", 0, BT_POOL_CRASHED, NULL);
    check_failure("lie", 0, BT_POOL_CRASHED, NULL);
}

static void killed_worker_is_replaced(void **state)
{
    (void)state;
    struct bt_pool *pool = start(2, 20);
    for (uint64_t i = 0; i < 6; i++)
        ask(pool, i, i % 3 == 0 ? "crash" : "fine");
    unsigned crashed = 0;
    for (uint64_t i = 0; i < 6; i++)
        crashed += wait_for(pool).outcome == BT_POOL_CRASHED;
    assert_int_equal(crashed, 2);
    ask(pool, 9, "again");
    assert_int_equal(wait_for(pool).outcome, BT_POOL_ANSWERED);
    bt_pool_free(pool);
}

static void slow_worker_does_not_hold_up_the_others(void **state)
{
    (void)state;
    struct bt_pool *pool = start(2, 2);
    ask(pool, 0, "hang");
    ask(pool, 1, "a");
    assert_int_equal(wait_for(pool).ticket, 1);
    ask(pool, 2, "b");
    assert_int_equal(wait_for(pool).ticket, 2);
    assert_int_equal(wait_for(pool).outcome, BT_POOL_TIMED_OUT);
    bt_pool_free(pool);
}

static void waiting_ends_at_the_wake_up(void **state)
{
    (void)state;
    struct bt_pool *pool = start(1, 0);
    struct bt_pool_answer answer;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    ask(pool, 0, "hang");
    assert_int_equal(bt_pool_wait(pool, 10, -1, &answer, NULL), BT_OK);
    assert_int_equal(answer.outcome, BT_POOL_OUT_OF_TURN);
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_int_equal(bt_pool_wait(pool, -1, fds[0], &answer, NULL), BT_OK);
    assert_int_equal(answer.outcome, BT_POOL_OUT_OF_TURN);
    bt_pool_free(pool); // also ends the worker that hangs
    close(fds[0]);
    close(fds[1]);
}

static void parts_of_an_answer_come_before_it(void **state)
{
    (void)state;
    struct bt_pool *pool = start(1, 0);
    ask(pool, 5, "parts");
    struct bt_pool_answer answer = wait_for(pool);
    assert_int_equal(answer.outcome, BT_POOL_PART);
    assert_int_equal(answer.ticket, 5);
    assert_int_equal(answer.size, 3);
    answer = wait_for(pool);
    assert_int_equal(answer.outcome, BT_POOL_PART);
    assert_int_equal(answer.size, 3 << 20);
    answer = wait_for(pool);
    assert_int_equal(answer.outcome, BT_POOL_ANSWERED);
    assert_memory_equal(answer.data, "re: parts", 9);
    assert_nothing_open(pool);
    bt_pool_free(pool);
}

static void parts_outlive_their_worker(void **state)
{
    (void)state;
    struct bt_pool *pool = start(1, 0);
    ask(pool, 1, "parts and crash");
    ask(pool, 2, "next");
    assert_int_equal(wait_for(pool).outcome, BT_POOL_PART);
    assert_int_equal(wait_for(pool).outcome, BT_POOL_PART);
    struct bt_pool_answer answer = wait_for(pool);
    assert_int_equal(answer.outcome, BT_POOL_CRASHED);
    assert_int_equal(answer.ticket, 1);
    answer = wait_for(pool);
    assert_int_equal(answer.outcome, BT_POOL_ANSWERED);
    assert_int_equal(answer.ticket, 2);
    bt_pool_free(pool);
}

static void each_part_has_its_time(void **state)
{
    (void)state;
    struct bt_pool *pool = start(1, 1);
    ask(pool, 1, "parts in time"); // 1.8 seconds in all
    for (int i = 0; i < 5; i++)
        assert_int_equal(wait_for(pool).outcome, BT_POOL_PART);
    assert_int_equal(wait_for(pool).outcome, BT_POOL_ANSWERED);
    bt_pool_free(pool);
}

#ifndef BUGTRIAGE_SANITIZED
static void eat_memory(void *context, const char *question, size_t size,
                       struct bt_pool_reply *reply)
{
    (void)context;
    (void)question;
    (void)size;
    size_t blocks = 0;
    while (blocks < 4096) {
        char *block = malloc(1 << 20);
        if (block == NULL)
            break;
        memset(block, 1, 1 << 20);
        blocks++;
    }
    bt_buf_printf(reply->answer, "%zu", blocks);
}

static void memory_of_a_worker_is_limited(void **state)
{
    (void)state;
    struct bt_pool *pool;
    struct bt_pool_options options = {
        .workers = 1, .memory = 256 << 20, .answer_limit = 1024, .work = eat_memory};
    assert_int_equal(bt_pool_new(&options, &pool, NULL), BT_OK);
    ask(pool, 0, "eat");
    struct bt_pool_answer answer = wait_for(pool);
    assert_int_equal(answer.outcome, BT_POOL_ANSWERED);
    assert_in_range(strtoul(answer.data, NULL, 10), 50, 256);
    bt_pool_free(pool);
}
#endif

static void notes_come_in_between(void **state)
{
    (void)state;
    struct bt_pool *pool = start(1, 0);
    ask(pool, 7, "note");
    struct bt_pool_answer answer = wait_for(pool);
    assert_int_equal(answer.outcome, BT_POOL_NOTE);
    assert_int_equal(answer.ticket, 7);
    assert_int_equal(answer.size, 8);
    assert_memory_equal(answer.data, "half way", 8);
    answer = wait_for(pool);
    assert_int_equal(answer.outcome, BT_POOL_ANSWERED);
    assert_memory_equal(answer.data, "re: note", 8);
    assert_nothing_open(pool);
    bt_pool_free(pool);
}

static void notes_buy_no_time(void **state)
{
    (void)state;
    struct bt_pool *pool = start(1, 1);
    struct bt_pool_answer answer;
    ask(pool, 7, "notes for ever");
    do
        answer = wait_for(pool);
    while (answer.outcome == BT_POOL_NOTE);
    assert_int_equal(answer.outcome, BT_POOL_TIMED_OUT);
    // The question may be asked again in the place of the one that failed.
    assert_int_equal(bt_pool_ask(pool, 8, "behind", 6, NULL), BT_OK);
    assert_int_equal(wait_for(pool).ticket, 8);
    bt_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_question_is_answered_once),
        cmocka_unit_test(crash_costs_one_answer),
        cmocka_unit_test(hang_costs_one_answer),
        cmocka_unit_test(answer_beyond_the_limit_costs_one_answer),
        cmocka_unit_test(killed_worker_is_replaced),
        cmocka_unit_test(parts_of_an_answer_come_before_it),
        cmocka_unit_test(parts_outlive_their_worker),
        cmocka_unit_test(each_part_has_its_time),
        cmocka_unit_test(notes_come_in_between),
        cmocka_unit_test(notes_buy_no_time),
        cmocka_unit_test(slow_worker_does_not_hold_up_the_others),
        cmocka_unit_test(waiting_ends_at_the_wake_up),
#ifndef BUGTRIAGE_SANITIZED
        cmocka_unit_test(memory_of_a_worker_is_limited),
#endif
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
