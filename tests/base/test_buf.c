// SPDX-License-Identifier: MIT
//
// Growing, formatting and the limit, at the edges of what is allocated.
#include "base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "test.h"

static void digits_are_those_of_printf(void **state)
{
    (void)state;
    static const uint64_t values[] = {0, 1, 9, 10, 0xff, 0x100, UINT32_MAX, UINT64_MAX};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct bt_buf made, wanted;
        bt_buf_init(&made, 4096);
        bt_buf_init(&wanted, 4096);
        bt_buf_digits(&made, values[i], 10, 1);
        bt_buf_digits(&made, values[i], 16, 1);
        bt_buf_digits(&made, values[i], 16, 8);
        bt_buf_printf(&wanted, "%" PRIu64 "%" PRIx64 "%08" PRIx64, values[i], values[i],
                      values[i]);
        assert_string_equal(bt_buf_cstr(&made), bt_buf_cstr(&wanted));
        bt_buf_fini(&made);
        bt_buf_fini(&wanted);
    }
}

static void formatted_text_is_whole_whatever_room_there_is(void **state)
{
    (void)state;
    for (size_t before = 0; before < 600; before++) {
        struct bt_buf buf;
        bt_buf_init(&buf, 4096);
        bt_buf_fill(&buf, 'a', before);
        bt_buf_printf(&buf, "%s %d", "twelve", 12);
        assert_int_equal(bt_buf_status(&buf, NULL), BT_OK);
        assert_int_equal(buf.size, before + 9);
        assert_string_equal(bt_buf_cstr(&buf) + before, "twelve 12");
        bt_buf_fini(&buf);
    }
}

static void text_that_does_not_fit_leaves_what_was_there(void **state)
{
    (void)state;
    struct bt_buf buf;
    bt_buf_init(&buf, 12);
    bt_buf_text(&buf, "12345678");
    bt_buf_printf(&buf, "%s", "abcde");
    assert_int_equal(bt_buf_status(&buf, NULL), BT_E_LIMIT);
    assert_string_equal(bt_buf_cstr(&buf), "12345678");
    bt_buf_char(&buf, 'x'); // after a failure nothing is added
    assert_null(bt_buf_space(&buf, 1));
    assert_int_equal(buf.size, 8);
    bt_buf_fini(&buf);
}

static void space_is_part_of_the_text(void **state)
{
    (void)state;
    struct bt_buf buf;
    bt_buf_init(&buf, 4096);
    bt_buf_text(&buf, "a");
    char *space = bt_buf_space(&buf, 3);
    assert_non_null(space);
    memcpy(space, "bcd", 3);
    bt_buf_char(&buf, 'e');
    assert_string_equal(bt_buf_cstr(&buf), "abcde");
    assert_int_equal(buf.size, 5);
    bt_buf_fini(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_those_of_printf),
        cmocka_unit_test(formatted_text_is_whole_whatever_room_there_is),
        cmocka_unit_test(text_that_does_not_fit_leaves_what_was_there),
        cmocka_unit_test(space_is_part_of_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
