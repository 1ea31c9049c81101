// SPDX-License-Identifier: MIT
#include "image/exports.h"

#include "open_fake.h"

static const char *name_at(struct open_fake *f, const struct bt_exports *exports, uint64_t rva)
{
    const struct bt_export *found = bt_exports_nearest(&f->image, exports, rva);
    const char *name = NULL;
    if (found != NULL)
        assert_int_equal(bt_image_text(&f->image, found->name_rva, f->arena, &name, NULL),
                         BT_OK);
    return name;
}

static void nearest_is_the_last_before_the_address(void **state)
{
    struct open_fake *f = *state;
    fake_exports(&f->fake);
    struct bt_exports exports;
    assert_int_equal(bt_exports_read(open_fake(f), f->arena, &exports, NULL), BT_OK);
    assert_int_equal(exports.count, 2);
    assert_null(name_at(f, &exports, 0x10ff));
    assert_string_equal(name_at(f, &exports, 0x1100), "KeGamma");
    assert_string_equal(name_at(f, &exports, 0x14ff), "KeGamma");
    assert_string_equal(name_at(f, &exports, 0x1fff), "KeAlpha");
    assert_null(name_at(f, &exports, 0x2000)); // another section
}

static void first_of_many_names_for_one_address_is_taken(void **state)
{
    struct open_fake *f = *state;
    struct bt_export items[1000];
    struct bt_exports exports = {.items = items, .count = 1000};
    for (uint32_t i = 0; i < 1000; i++)
        items[i] = (struct bt_export){.rva = i < 10 ? 0x1000 : 0x1100, .name_rva = i};
    open_fake(f);
    assert_ptr_equal(bt_exports_nearest(&f->image, &exports, 0x10ff), &items[0]);
    assert_ptr_equal(bt_exports_nearest(&f->image, &exports, 0x1100), &items[10]);
    assert_ptr_equal(bt_exports_nearest(&f->image, &exports, 0x1200), &items[10]);
    assert_null(bt_exports_nearest(&f->image, &exports, 0xfff));
    assert_null(bt_exports_nearest(&f->image, &exports, UINT64_MAX));
}

static void name_is_found(void **state)
{
    struct open_fake *f = *state;
    fake_exports(&f->fake);
    struct bt_exports exports;
    uint32_t rva = 0;
    assert_int_equal(bt_exports_read(open_fake(f), f->arena, &exports, NULL), BT_OK);
    assert_int_equal(bt_exports_find(&f->image, &exports, "KeAlpha", &rva, NULL), BT_OK);
    assert_int_equal(rva, 0x1500);
    assert_int_equal(bt_exports_find(&f->image, &exports, "KeAlph", &rva, NULL), BT_ABSENT);
}

static void image_without_exports_is_absent(void **state)
{
    struct open_fake *f = *state;
    struct bt_exports exports;
    assert_int_equal(bt_exports_read(open_fake(f), f->arena, &exports, NULL), BT_ABSENT);
}

static void directory_on_a_missing_page_is_absent(void **state)
{
    struct open_fake *f = *state;
    fake_exports(&f->fake);
    make_hole(f, 0x2000, 0x3000);
    struct bt_exports exports;
    assert_int_equal(bt_exports_read(open_fake(f), f->arena, &exports, NULL), BT_ABSENT);
}

static void wild_counts_and_indexes_are_bounded(void **state)
{
    struct open_fake *f = *state;
    fake_exports(&f->fake);
    fake_put(&f->fake, 0x2014, 0xffffffff, 4);
    fake_put(&f->fake, 0x2018, 0xffffffff, 4);
    fake_put(&f->fake, 0x2080, 0xffff, 2);
    struct bt_exports exports;
    assert_int_equal(bt_exports_read(open_fake(f), f->arena, &exports, NULL), BT_OK);
    assert_true(exports.count < 0x2000);
    for (size_t i = 1; i < exports.count; i++)
        assert_true(exports.items[i - 1].rva <= exports.items[i].rva);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_WITH_FAKE(nearest_is_the_last_before_the_address),
        RUN_WITH_FAKE(first_of_many_names_for_one_address_is_taken),
        RUN_WITH_FAKE(name_is_found),
        RUN_WITH_FAKE(image_without_exports_is_absent),
        RUN_WITH_FAKE(directory_on_a_missing_page_is_absent),
        RUN_WITH_FAKE(wild_counts_and_indexes_are_bounded),
    };
    return cmocka_run_group_tests_name("exports", tests, NULL, NULL);
}
