// SPDX-License-Identifier: MIT
#include "image/version_resource.h"

#include "base/version_number.h"
#include "open_fake.h"

static void numbers_and_texts_are_read(void **state)
{
    struct open_fake *f = *state;
    fake_version(&f->fake);
    struct bt_version_resource version;
    assert_int_equal(bt_version_resource_read(open_fake(f), f->arena, &version, NULL), BT_OK);
    assert_true(version.file_version.known);
    assert_int_equal(version.file_version.value, bt_file_version_make(5, 2, 3790, 2554));
    assert_int_equal(version.product_version.value, bt_file_version_make(5, 2, 3790, 0));
    assert_string_equal(version.company, "Northwind");
    assert_string_equal(version.description, "Volume filter");
}

static void missing_page_loses_the_texts_only(void **state)
{
    struct open_fake *f = *state;
    fake_version(&f->fake);
    make_hole(f, 0x3080 + 0x28 + 0x40, 0x4000); // shortly behind the numbers
    struct bt_version_resource version;
    assert_int_equal(bt_version_resource_read(open_fake(f), f->arena, &version, NULL), BT_OK);
    assert_int_equal(version.file_version.value, bt_file_version_make(5, 2, 3790, 2554));
    assert_null(version.company);
}

static void missing_resources_are_absent(void **state)
{
    struct open_fake *f = *state;
    struct bt_version_resource version;
    assert_int_equal(bt_version_resource_read(open_fake(f), f->arena, &version, NULL),
                     BT_ABSENT);
    fake_version(&f->fake);
    make_hole(f, 0x3000, 0x4000);
    assert_int_equal(bt_version_resource_read(open_fake(f), f->arena, &version, NULL),
                     BT_ABSENT);
}

static void tree_that_points_to_itself_ends(void **state)
{
    struct open_fake *f = *state;
    fake_version(&f->fake);
    fake_put(&f->fake, 0x3014, 0x80000000, 4);
    struct bt_version_resource version;
    assert_int_equal(bt_version_resource_read(open_fake(f), f->arena, &version, NULL),
                     BT_E_CORRUPT);
}

static void blocks_without_length_end(void **state)
{
    struct open_fake *f = *state;
    fake_version(&f->fake);
    memset(f->fake.bytes + 0x3080 + 0x28 + 0x34, 0, 0x200);
    struct bt_version_resource version;
    assert_int_equal(bt_version_resource_read(open_fake(f), f->arena, &version, NULL), BT_OK);
    assert_true(version.file_version.known);
    assert_null(version.company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_WITH_FAKE(numbers_and_texts_are_read),
        RUN_WITH_FAKE(missing_page_loses_the_texts_only),
        RUN_WITH_FAKE(missing_resources_are_absent),
        RUN_WITH_FAKE(tree_that_points_to_itself_ends),
        RUN_WITH_FAKE(blocks_without_length_end),
    };
    return cmocka_run_group_tests_name("version_resource", tests, NULL, NULL);
}
