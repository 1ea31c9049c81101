// SPDX-License-Identifier: MIT
#include "base/span.h"

#include "test.h"

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static const struct bt_span nine = {.data = bytes, .size = sizeof bytes, .file_offset = 0x100};

static void sub_inside_gives_view_with_file_offset(void **state)
{
    (void)state;
    struct bt_span s;
    assert_int_equal(bt_span_sub(nine, 4, 5, &s, NULL), BT_OK);
    assert_ptr_equal(s.data, bytes + 4);
    assert_int_equal(s.size, 5);
    assert_int_equal(s.file_offset, 0x104);
}

static void sub_that_would_overflow_is_truncated(void **state)
{
    (void)state;
    struct bt_span s = {.size = 77};
    struct bt_error err = {0};
    assert_int_equal(bt_span_sub(nine, UINT64_MAX, 2, &s, &err), BT_E_TRUNCATED);
    assert_int_equal(bt_span_sub(nine, 2, UINT64_MAX, &s, &err), BT_E_TRUNCATED);
    assert_int_equal(bt_span_sub(nine, 10, 0, &s, &err), BT_E_TRUNCATED);
    assert_int_equal(s.size, 77);
    assert_int_equal(bt_span_sub(nine, 9, 0, &s, &err), BT_OK);
}

static void table_whose_size_wraps_is_truncated(void **state)
{
    (void)state;
    struct bt_span s;
    struct bt_error err = {0};
    assert_int_equal(bt_span_table(nine, 0, UINT64_MAX / 2 + 1, 2, &s, &err), BT_E_TRUNCATED);
    assert_int_equal(bt_span_table(nine, 0, 3, 3, &s, &err), BT_OK);
    assert_int_equal(s.size, 9);
}

static void cursor_does_not_move_on_failure(void **state)
{
    (void)state;
    struct bt_cursor c = bt_cursor_at(nine);
    uint64_t wide = 0;
    uint32_t word = 0;
    assert_int_equal(bt_cursor_u64(&c, &wide, NULL), BT_OK);
    assert_int_equal(wide, UINT64_C(0x0807060504030201));
    assert_int_equal(bt_cursor_u32(&c, &word, NULL), BT_E_TRUNCATED);
    assert_int_equal(bt_cursor_left(&c), 1);
    assert_int_equal(word, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sub_inside_gives_view_with_file_offset),
        cmocka_unit_test(sub_that_would_overflow_is_truncated),
        cmocka_unit_test(table_whose_size_wraps_is_truncated),
        cmocka_unit_test(cursor_does_not_move_on_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
