// SPDX-License-Identifier: MIT
#include "verdict/module_counts.h"

#include "test.h"

static void most_frequent_comes_first_and_of_equals_the_first_met(void **state)
{
    (void)state;
    const struct bt_module a = {.name = "a.sys"}, b = {.name = "b.sys"}, c = {.name = "c.sys"};
    const struct bt_module *const met[] = {&a, &b, &c, &c, &b, &c};
    struct bt_module_counts counts = {.used = 0};
    struct bt_buf text;
    bt_buf_init(&text, 256);
    for (size_t i = 0; i < BT_COUNT(met); i++)
        bt_module_counts_add(&counts, met[i]);
    bt_module_counts_sort(&counts);
    bt_module_counts_write(&counts, &text);
    assert_string_equal(bt_buf_cstr(&text), " c.sys 3, b.sys 2, a.sys 1");
    bt_module_counts_add(&counts, &a);
    bt_module_counts_sort(&counts);
    bt_buf_clear(&text);
    bt_module_counts_write(&counts, &text);
    assert_string_equal(bt_buf_cstr(&text), " c.sys 3, b.sys 2, a.sys 2");
    bt_buf_fini(&text);
}

static void modules_beyond_the_limit_are_left_out(void **state)
{
    (void)state;
    struct bt_module modules[BT_COUNTED_MODULES + 1] = {{.name = NULL}};
    struct bt_module_counts counts = {.used = 0};
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < BT_COUNT(modules); i++)
            bt_module_counts_add(&counts, &modules[i]);
    }
    assert_int_equal(counts.used, BT_COUNTED_MODULES);
    for (size_t i = 0; i < counts.used; i++)
        assert_int_equal(counts.items[i].count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(most_frequent_comes_first_and_of_equals_the_first_met),
        cmocka_unit_test(modules_beyond_the_limit_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
