// SPDX-License-Identifier: MIT
#include "verdict/event_list.h"

#include <stdlib.h>

#include "test.h"
#include "test_arena.h"

static struct bt_event_list list;

static enum bt_status parse(const char *text)
{
    struct bt_span bytes = {.data = (const uint8_t *)text, .size = strlen(text)};
    return bt_event_list_parse(bytes, arena, &list, NULL);
}

static void event_1001_is_read(void **state)
{
    (void)state;
    assert_int_equal(
        parse("Event[0]:\r\n  Event ID: 1001\r\n  Description:\r\n"
              "The computer has rebooted from a bugcheck.  The bugcheck was: 0x1000007e "
              "(0xffffffffc0000005, 0xfffff80001e43a10, 0x3, 0x0). A dump was saved in: "
              "C:\\Windows\\Minidump\\a b.dmp. Report Id: 022113-23456-01.\r\n"),
        BT_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.events[0].code, 0x1000007e);
    assert_int_equal(list.events[0].parameters[1], 0xfffff80001e43a10);
    assert_int_equal(list.events[0].line, 4);
    assert_string_equal(list.events[0].dump, "C:\\Windows\\Minidump\\a b.dmp");
    assert_string_equal(list.events[0].report_id, "022113-23456-01");
}

static void event_in_another_language_is_read(void **state)
{
    (void)state;
    assert_int_equal(parse("Der Fehlercode war: 0x0000009f(0x3,0x1,0x2,0x4). Berichts-ID: "
                           "3f2504e0-4f89-11d3-9a0c-0305e82c3301.\n"),
                     BT_OK);
    assert_null(list.events[0].dump);
    assert_string_equal(list.events[0].report_id, "3f2504e0-4f89-11d3-9a0c-0305e82c3301");
}

static void text_without_a_crash_is_absent(void **state)
{
    (void)state;
    assert_int_equal(parse("Service started. 0x0 0x1 (0x2)\nResult 0x80070005 (denied)\n"),
                     BT_ABSENT);
}

static void event_is_found_by_code_and_parameters(void **state)
{
    (void)state;
    struct bt_crash *crash = calloc(1, sizeof *crash);
    assert_non_null(crash);
    assert_int_equal(parse("0x7e (0xc0000005, 0x1, 0x2, 0x3)\n"
                           "0x7e (0xffffffffc0000005, 0x1, 0x2, 0x4)\n"),
                     BT_OK);
    crash->stop = (struct bt_stop){.present = true,
                                   .raw = 0x1000007e,
                                   .code = 0x7e,
                                   .parameters = {0xffffffffc0000005, 1, 2, 4},
                                   .parameter_bits = 64,
                                   .parameter_count = 4};
    assert_ptr_equal(bt_event_list_find(&list, crash), &list.events[1]);
    crash->stop.parameters[3] = 3;
    assert_null(bt_event_list_find(&list, crash));
    // On x86 the event may have its parameters sign-extended.
    crash->stop.parameters[0] = 0xc0000005;
    crash->stop.parameters[3] = 4;
    crash->stop.parameter_bits = 32;
    assert_ptr_equal(bt_event_list_find(&list, crash), &list.events[1]);
    free(crash);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(event_1001_is_read),
        TEST(event_in_another_language_is_read),
        TEST(text_without_a_crash_is_absent),
        TEST(event_is_found_by_code_and_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
