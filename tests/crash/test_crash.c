// SPDX-License-Identifier: MIT
#include "crash/crash.h"

#include "base/arena.h"
#include "test.h"

static void only_small_dump_variants_lose_their_flag(void **state)
{
    (void)state;
    assert_int_equal(bt_stop_base_code(0x1000007e), 0x7e);
    assert_int_equal(bt_stop_base_code(0x100000ea), 0xea);
    assert_int_equal(bt_stop_base_code(0x100000d6), 0xd6);
    assert_int_equal(bt_stop_base_code(0x1000000a), 0xa);
    assert_int_equal(bt_stop_base_code(0x100000d1), 0xd1);
    // A vendor's own code that happens to have the bit, and a plain code, stay as they are.
    assert_int_equal(bt_stop_base_code(0xb0000001), 0xb0000001);
    assert_int_equal(bt_stop_base_code(0xdeaddead), 0xdeaddead);
    assert_int_equal(bt_stop_base_code(0x10002000), 0x10002000);
    assert_int_equal(bt_stop_base_code(0x0000009f), 0x9f);
}

static void notes_past_the_limit_are_counted(void **state)
{
    (void)state;
    struct bt_arena *arena = bt_arena_new(1 << 20);
    static struct bt_crash crash;
    for (unsigned i = 0; i < BT_LIMIT_NOTES + 3; i++)
        bt_note(&crash, arena, "some-note", i, "note %u", i);
    assert_int_equal(crash.notes.count, BT_LIMIT_NOTES);
    assert_int_equal(crash.notes.dropped, 3);
    assert_string_equal(crash.notes.items[5].message, "note 5");
    bt_arena_free(arena);
}

static void address_at_the_edges_of_an_image_resolves(void **state)
{
    (void)state;
    struct bt_module modules[] = {
        {.name = "a.sys", .base = 0x1000, .size = 0x1000},
        {.name = "top.sys", .base = UINT64_MAX - 0xfff, .size = 0x1000}};
    struct bt_crash crash = {.modules = modules, .module_count = 2};
    assert_ptr_equal(bt_module_at(&crash, 0x1000), &modules[0]);
    assert_ptr_equal(bt_module_at(&crash, 0x1fff), &modules[0]);
    assert_null(bt_module_at(&crash, 0x2000));
    assert_ptr_equal(bt_module_at(&crash, UINT64_MAX), &modules[1]);
    assert_ptr_equal(bt_module_named(&crash, "A.SYS"), &modules[0]);
}

static void address_is_outside_of_a_whole_list_only(void **state)
{
    (void)state;
    struct bt_module modules[] = {{.name = "a.sys", .base = 0x1000, .size = 0x1000},
                                  {.name = "b.sys", .base = 0x4000, .size = 0x1000}};
    struct bt_crash crash = {.modules = modules, .module_count = 2};
    assert_true(bt_is_outside_modules(&crash, 0x2000));
    assert_false(bt_is_outside_modules(&crash, 0x1fff));
    crash.modules_partial = true;
    assert_false(bt_is_outside_modules(&crash, 0x2000));
    crash.modules_partial = false;
    crash.modules_reported = true;
    assert_false(bt_is_outside_modules(&crash, 0x2000));
    crash.modules_reported = false;
    modules[1].size = 0; // it may reach anywhere
    assert_false(bt_is_outside_modules(&crash, 0x2000));
    crash.module_count = 0;
    assert_false(bt_is_outside_modules(&crash, 0x2000));
}

static void range_is_found_by_any_of_its_addresses(void **state)
{
    (void)state;
    struct bt_range ranges[] = {{.base = 0x1000, .size = 0x1000},
                                {.base = 0x3000, .size = 0x2000},
                                {.base = UINT64_MAX - 0xfff, .size = 0x1000}};
    struct bt_crash crash = {.ranges = ranges, .range_count = 3};
    assert_null(bt_range_at(&crash, 0xfff));
    assert_ptr_equal(bt_range_at(&crash, 0x1000), &ranges[0]);
    assert_null(bt_range_at(&crash, 0x2000));
    assert_ptr_equal(bt_range_at(&crash, 0x4fff), &ranges[1]);
    assert_ptr_equal(bt_range_at(&crash, UINT64_MAX), &ranges[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_small_dump_variants_lose_their_flag),
        cmocka_unit_test(notes_past_the_limit_are_counted),
        cmocka_unit_test(address_at_the_edges_of_an_image_resolves),
        cmocka_unit_test(address_is_outside_of_a_whole_list_only),
        cmocka_unit_test(range_is_found_by_any_of_its_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
