// SPDX-License-Identifier: MIT
#include "image/function_table.h"

#include "open_fake.h"

static void entry_covers_its_range(void **state)
{
    struct open_fake *f = *state;
    fake_functions(&f->fake);
    const struct bt_image *image = open_fake(f);
    struct bt_function function;
    assert_int_equal(bt_function_find_x64(image, 0x1100, &function, NULL), BT_OK);
    assert_true(function.found);
    assert_int_equal(function.unwind, 0x4100);
    assert_int_equal(bt_function_find_x64(image, 0x14ff, &function, NULL), BT_OK);
    assert_int_equal(function.begin, 0x1400);
    assert_int_equal(bt_function_find_x64(image, 0x1180, &function, NULL), BT_OK);
    assert_false(function.found);
    assert_int_equal(bt_function_find_x64(image, 0x1000, &function, NULL), BT_OK);
    assert_false(function.found);
}

static void entry_that_stands_for_another_is_followed(void **state)
{
    struct open_fake *f = *state;
    fake_functions(&f->fake);
    struct bt_function function;
    assert_int_equal(bt_function_find_x64(open_fake(f), 0x1240, &function, NULL), BT_OK);
    assert_int_equal(function.begin, 0x1100);
    assert_int_equal(function.unwind, 0x4100);
}

static void entry_that_stands_for_itself_is_corrupt(void **state)
{
    struct open_fake *f = *state;
    fake_functions(&f->fake);
    fake_put(&f->fake, 0x4014, 0x400d, 4);
    struct bt_function function;
    assert_int_equal(bt_function_find_x64(open_fake(f), 0x1240, &function, NULL), BT_E_CORRUPT);
}

static void table_on_a_missing_page_is_absent(void **state)
{
    struct open_fake *f = *state;
    struct bt_function function;
    assert_int_equal(bt_function_find_x64(open_fake(f), 0x1100, &function, NULL), BT_ABSENT);
    fake_functions(&f->fake);
    make_hole(f, 0x4000, 0x5000);
    assert_int_equal(bt_function_find_x64(open_fake(f), 0x1100, &function, NULL), BT_ABSENT);
}

static void arm64_entries_have_two_words(void **state)
{
    struct open_fake *f = *state;
    fake_directory(&f->fake, 3, 0x4000, 16);
    fake_put(&f->fake, 0x4000, 0x1100, 4);
    fake_put(&f->fake, 0x4004, 0x4200, 4);
    fake_put(&f->fake, 0x4008, 0x1300, 4);
    fake_put(&f->fake, 0x400c, 0x12345, 4);
    struct bt_function function;
    assert_int_equal(bt_function_find_arm64(open_fake(f), 0x1304, &function, NULL), BT_OK);
    assert_int_equal(function.begin, 0x1300);
    assert_int_equal(function.unwind, 0x12345);
    assert_int_equal(bt_function_find_arm64(open_fake(f), 0x10fc, &function, NULL), BT_OK);
    assert_false(function.found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_WITH_FAKE(entry_covers_its_range),
        RUN_WITH_FAKE(entry_that_stands_for_another_is_followed),
        RUN_WITH_FAKE(entry_that_stands_for_itself_is_corrupt),
        RUN_WITH_FAKE(table_on_a_missing_page_is_absent),
        RUN_WITH_FAKE(arm64_entries_have_two_words),
    };
    return cmocka_run_group_tests_name("function_table", tests, NULL, NULL);
}
