// SPDX-License-Identifier: MIT
#include "report/ticket.h"

#include <stdlib.h>

#include "report/formats.h"
#include "sample_result.h"

#include "test.h"

static struct bt_buf out;
static struct sample sample;

static int start(void **state)
{
    (void)state;
    bt_buf_init(&out, 1 << 20);
    fill_sample(&sample);
    sample.result.signature = (struct bt_signature){
        .group = "g1:0x000000d6:-:mountmgr.sys", .exact = "e1:x", .failure_id_hash = "hash"};
    return 0;
}

static int finish(void **state)
{
    (void)state;
    bt_buf_fini(&out);
    return 0;
}

static void first_line_holds_the_signature(void **state)
{
    (void)state;
    bt_report_ticket(&sample.result, &(struct bt_report_options){0}, &out);
    static const char expected[] =
        "[g1:0x000000d6:-:mountmgr.sys] DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION (0xd6) in "
        "mountmgr.sys\n";
    assert_memory_equal(bt_buf_cstr(&out), expected, sizeof expected - 1);
    assert_non_null(strstr(bt_buf_cstr(&out), "KB977153"));
    assert_non_null(strstr(bt_buf_cstr(&out), "Failure hash    hash\n"));
    assert_true(out.size < BT_TICKET_SIZE);
}

static void long_text_is_cut_at_a_line(void **state)
{
    (void)state;
    enum { SIZE = 100000 };
    char *text = malloc(SIZE + 1);
    assert_non_null(text);
    for (size_t i = 0; i < SIZE; i++)
        text[i] = i % 50 == 49 ? '\n' : 'x';
    text[SIZE] = '\0';
    bt_ticket_text("sig", "subject\nsecond line", text, "\nkeys\n", &out);
    assert_true(out.size < BT_TICKET_SIZE);
    assert_true(out.size > BT_TICKET_SIZE - 200);
    assert_memory_equal(bt_buf_cstr(&out), "[sig] subject\n\nxxx", 18);
    const char *cut = strstr(bt_buf_cstr(&out), "... cut here");
    assert_non_null(cut);
    assert_int_equal(cut[-1], '\n');
    assert_string_equal(bt_buf_cstr(&out) + out.size - 6, "\nkeys\n");
    memset(text, 'x', SIZE); // no line end at all
    bt_buf_clear(&out);
    bt_ticket_text("sig", "subject", text, "\nkeys\n", &out);
    assert_true(out.size < BT_TICKET_SIZE);
    free(text);
}

static void jira_body_has_label_and_property(void **state)
{
    (void)state;
    sample.result.input.sha256 = "abc";
    bt_report_jira(&sample.result, &(struct bt_report_options){0}, &out);
    const char *text = bt_buf_cstr(&out);
    static const char head[] =
        "{\"fields\":{\"issuetype\":{\"name\":\"Bug\"},\"summary\":\"DRIVER_";
    assert_memory_equal(text, head, sizeof head - 1);
    assert_null(strstr(text, "\"project\""));
    assert_non_null(strstr(text, "\"labels\":[\"bugtriage\",\"g1:0x000000d6:-:mountmgr.sys\","
                                 "\"KB977153\"]"));
    assert_non_null(strstr(text, "\"signature\":\"g1:0x000000d6:-:mountmgr.sys\",\"exact\":"
                                 "\"e1:x\",\"failure_id_hash\":\"hash\",\"sha256\":\"abc\""));
    assert_null(strchr(text, '\n'));
}

static void long_key_stays_unique(void **state)
{
    (void)state;
    char a[200], b[200];
    memset(a, 'k', sizeof a - 1);
    a[sizeof a - 1] = '\0';
    memcpy(b, a, sizeof b);
    b[sizeof b - 2] = 'z';
    struct bt_ticket ticket = {.signature = a, .subject = "s", .body = "b"};
    struct bt_buf other;
    bt_buf_init(&other, 4096);
    bt_ticket_servicenow(&ticket, &out);
    ticket.signature = b;
    bt_ticket_servicenow(&ticket, &other);
    assert_string_not_equal(bt_buf_cstr(&out), bt_buf_cstr(&other));
    const char *key = strstr(bt_buf_cstr(&out), "\"correlation_id\":\"");
    assert_non_null(key);
    assert_int_equal(strcspn(key + strlen("\"correlation_id\":\""), "\""), 100);
    bt_buf_fini(&other);
}

static void zendesk_body_has_external_id(void **state)
{
    (void)state;
    bt_report_zendesk(&sample.result, &(struct bt_report_options){0}, &out);
    assert_non_null(
        strstr(bt_buf_cstr(&out), "\"external_id\":\"g1:0x000000d6:-:mountmgr.sys\""));
    assert_non_null(strstr(bt_buf_cstr(&out), "\"comment\":{\"body\":\"[g1:"));
}

static void unreadable_dump_makes_a_ticket_too(void **state)
{
    (void)state;
    sample.crash = (struct bt_crash){.status = BT_READ_UNREADABLE,
                                     .problem = {BT_PROBLEM_EMPTY, "it is empty", 0}};
    sample.result = (struct bt_result){.crash = &sample.crash, .input = {.path = "x.dmp"}};
    bt_report_ticket(&sample.result, &(struct bt_report_options){0}, &out);
    assert_memory_equal(bt_buf_cstr(&out), "Crash dump could not be read: it is empty\n", 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(first_line_holds_the_signature, start, finish),
        cmocka_unit_test_setup_teardown(long_text_is_cut_at_a_line, start, finish),
        cmocka_unit_test_setup_teardown(jira_body_has_label_and_property, start, finish),
        cmocka_unit_test_setup_teardown(long_key_stays_unique, start, finish),
        cmocka_unit_test_setup_teardown(zendesk_body_has_external_id, start, finish),
        cmocka_unit_test_setup_teardown(unreadable_dump_makes_a_ticket_too, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
