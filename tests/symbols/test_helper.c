// SPDX-License-Identifier: MIT
//
// The helper process against services that misbehave in every way that a damaged file can make
// a library misbehave.
#include "symbols/helper.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

enum { KEPT_FD = 3, ANSWER_MAX = 64 };

static const struct bt_helper_limits LIMITS = {
    .cpu_seconds = 2,
    .memory = UINT64_C(1) << 30,
    .answer_milliseconds = 500,
    .answer_bytes = ANSWER_MAX,
};

// What reading a mapped file meets that was cut meanwhile: a page past its end.
static void read_past_the_end(void)
{
    enum { PAST = 1 << 20 };
    struct stat status;
    if (fstat(KEPT_FD, &status) != 0)
        return;
    const size_t size = (size_t)status.st_size + PAST;
    void *pages = mmap(NULL, size, PROT_READ, MAP_PRIVATE, KEPT_FD, 0);
    volatile const char *bytes = pages;
    if (pages != MAP_FAILED)
        (void)bytes[size - 1];
}

// The first byte of a request says what to do.
static void misbehave(void *self, struct bt_span request, struct bt_buf *answer)
{
    unsigned *calls = self;
    char byte;
    ++*calls;
    switch (request.data[0]) {
    case 'e': // echo, with the count of calls
        bt_buf_printf(answer, "%u%.*s", *calls, (int)request.size - 1,
                      (const char *)request.data + 1);
        break;
    case 'r': // read the file that was kept
        if (pread(KEPT_FD, &byte, 1, 0) == 1)
            bt_buf_char(answer, byte);
        break;
    case 'o': // open another one
        bt_buf_printf(answer, "%d", open("/etc/passwd", O_RDONLY) >= 0);
        break;
    case 'm':
        read_past_the_end();
        break;
    case 'c':
        abort();
    case 'l':
        for (volatile int forever = 1; forever;)
            continue;
        break;
    case 'b': // more than the limit
        bt_buf_fill(answer, 'x', ANSWER_MAX + 1);
        break;
    case 's': // more than it says
        (void)!write(4, "\xff\xff\xff\x7f", 4);
        break;
    default:
        _exit(0);
    }
}

static struct bt_helper *start(unsigned *calls)
{
    struct bt_helper *helper;
    int fd = open("/proc/self/exe", O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(bt_helper_start(fd, &LIMITS, misbehave, calls, &helper, NULL), BT_OK);
    close(fd);
    return helper;
}

static enum bt_status ask(struct bt_helper *helper, const char *request, struct bt_buf *answer,
                          struct bt_error *err)
{
    struct bt_span span = {.data = (const uint8_t *)request, .size = strlen(request)};
    return bt_helper_ask(helper, span, answer, err);
}

static void helper_answers_each_request(void **state)
{
    (void)state;
    unsigned calls = 0;
    struct bt_helper *helper = start(&calls);
    struct bt_buf answer;
    bt_buf_init(&answer, 1024);
    assert_int_equal(ask(helper, "eone", &answer, NULL), BT_OK);
    assert_string_equal(bt_buf_cstr(&answer), "1one");
    assert_int_equal(ask(helper, "etwo", &answer, NULL), BT_OK);
    assert_string_equal(bt_buf_cstr(&answer), "2two");
    assert_int_equal(calls, 0); // the child's memory is its own
    assert_int_equal(ask(helper, "r", &answer, NULL), BT_OK);
    assert_string_equal(bt_buf_cstr(&answer), "\x7f");
    bt_helper_stop(helper);
    bt_buf_fini(&answer);
}

// One request that ends the child: it fails with the words, and so does every later one.
static void check_end(const char *request, enum bt_status expected, const char *words)
{
    unsigned calls = 0;
    struct bt_helper *helper = start(&calls);
    struct bt_error err = {.status = BT_OK}, again = {.status = BT_OK};
    struct bt_buf answer;
    bt_buf_init(&answer, 1024);
    assert_int_equal(ask(helper, request, &answer, &err), expected);
    assert_non_null(strstr(err.message, words));
    assert_int_equal(ask(helper, "eone", &answer, &again), expected);
    assert_string_equal(again.message, err.message);
    bt_helper_stop(helper);
    bt_buf_fini(&answer);
}

static void helper_that_crashes_is_ended(void **state)
{
    (void)state;
    check_end("c", BT_E_CORRUPT, "crashed the library that reads it (signal ");
}

static void helper_with_a_file_cut_meanwhile_is_ended(void **state)
{
    (void)state;
    char words[64];
    snprintf(words, sizeof words, "crashed the library that reads it (signal %d)", SIGBUS);
    check_end("m", BT_E_CORRUPT, words);
}

static void helper_that_loops_is_ended(void **state)
{
    (void)state;
    check_end("l", BT_E_LIMIT, "within 500 ms");
}

static void helper_that_leaves_is_noticed(void **state)
{
    (void)state;
    check_end("x", BT_E_CORRUPT, "ended");
}

static void helper_that_says_too_much_is_ended(void **state)
{
    (void)state;
    check_end("s", BT_E_CORRUPT, "ended");
}

static void helper_answer_past_the_limit_is_empty(void **state)
{
    (void)state;
    unsigned calls = 0;
    struct bt_helper *helper = start(&calls);
    struct bt_buf answer;
    bt_buf_init(&answer, 1024);
    assert_int_equal(ask(helper, "b", &answer, NULL), BT_OK);
    assert_int_equal(answer.size, 0);
    bt_helper_stop(helper);
    bt_buf_fini(&answer);
}

static void helper_cannot_open_files(void **state)
{
    (void)state;
    unsigned calls = 0;
    struct bt_helper *helper = start(&calls);
    struct bt_buf answer;
    bt_buf_init(&answer, 1024);
    assert_int_equal(ask(helper, "o", &answer, NULL), BT_OK);
    assert_string_equal(bt_buf_cstr(&answer), "0");
    bt_helper_stop(helper);
    bt_buf_fini(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(helper_answers_each_request),
        cmocka_unit_test(helper_that_crashes_is_ended),
        cmocka_unit_test(helper_with_a_file_cut_meanwhile_is_ended),
        cmocka_unit_test(helper_that_loops_is_ended),
        cmocka_unit_test(helper_that_leaves_is_noticed),
        cmocka_unit_test(helper_that_says_too_much_is_ended),
        cmocka_unit_test(helper_answer_past_the_limit_is_empty),
        cmocka_unit_test(helper_cannot_open_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
