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
                     BT_ABSENT);
}

// One entry with an id in the directory at `at`, after those that are there.
static void add_entry(struct open_fake *f, size_t at, uint32_t id, uint32_t to)
{
    size_t count = f->fake.bytes[at + 0xe];
    fake_put(&f->fake, at + 0xe, count + 1, 2);
    fake_put(&f->fake, at + 0x10 + count * 8, id, 4);
    fake_put(&f->fake, at + 0x14 + count * 8, to, 4);
}

static void tree_of_any_depth_is_read(void **state)
{
    struct open_fake *f = *state;
    struct bt_version_resource version;
    fake_version(&f->fake);
    fake_put(&f->fake, 0x3034, 0x60, 4); // the name leads to the leaf: no languages
    assert_int_equal(bt_version_resource_read(open_fake(f), f->arena, &version, NULL), BT_OK);
    assert_true(version.file_version.known);
    fake_put(&f->fake, 0x3014, 0x60, 4); // the type does
    assert_int_equal(bt_version_resource_read(open_fake(f), f->arena, &version, NULL), BT_OK);
    fake_put(&f->fake, 0x3014, 0x80000800, 4); // two levels more
    add_entry(f, 0x3800, 7, 0x80000820);
    add_entry(f, 0x3820, 7, 0x80000020);
    fake_put(&f->fake, 0x3034, 0x80000040, 4);
    assert_int_equal(bt_version_resource_read(open_fake(f), f->arena, &version, NULL), BT_OK);
    assert_string_equal(version.company, "Northwind");
}

static void second_language_helps_where_the_first_is_missing(void **state)
{
    struct open_fake *f = *state;
    struct bt_version_resource version;
    fake_version(&f->fake);
    fake_put(&f->fake, 0x3034, 0x80000840, 4);
    add_entry(f, 0x3840, 0x407, 0x80000000 | 0xfff0000);
    add_entry(f, 0x3840, 0x409, 0x880);
    add_entry(f, 0x3840, 0x40c, 0x60);
    fake_put(&f->fake, 0x3880, 0x7ffff000, 4);
    fake_put(&f->fake, 0x3884, 0x100, 4);
    assert_int_equal(bt_version_resource_read(open_fake(f), f->arena, &version, NULL), BT_OK);
    assert_string_equal(version.description, "Volume filter");
}

static void text_tells_the_version_where_no_number_does(void **state)
{
    struct open_fake *f = *state;
    static const struct {
        const char *text;
        bool known;
    } texts[] = {
        {"5.2.3790.2554 (text)", true}, {"5, 2, 3790, 2554   ", true},   {"5.2.3790", false},
        {"5.2.3790.2554b beta", false}, {"5.2.379000.254 ready", false},
    };
    for (size_t i = 0; i < BT_COUNT(texts); i++) {
        struct bt_version_resource version;
        fake_version(&f->fake);
        fake_put(&f->fake, 0x3080 + 0x28, 0, 4); // no signature
        for (size_t at = 0x3080; at < 0x3400; at += 2) {
            if (memcmp(f->fake.bytes + at,
                       "5\0.\0"
                       "2\0",
                       6) == 0)
                fake_wide(&f->fake, at, texts[i].text);
        }
        assert_int_equal(bt_version_resource_read(open_fake(f), f->arena, &version, NULL),
                         BT_OK);
        assert_int_equal(version.file_version.known, texts[i].known);
        if (texts[i].known)
            assert_int_equal(version.file_version.value, UINT64_C(0x000500020ece09fa));
    }
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
        RUN_WITH_FAKE(tree_of_any_depth_is_read),
        RUN_WITH_FAKE(second_language_helps_where_the_first_is_missing),
        RUN_WITH_FAKE(text_tells_the_version_where_no_number_does),
        RUN_WITH_FAKE(blocks_without_length_end),
    };
    return cmocka_run_group_tests_name("version_resource", tests, NULL, NULL);
}
