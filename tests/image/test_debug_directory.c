// SPDX-License-Identifier: MIT
#include "image/debug_directory.h"

#include "open_fake.h"

static void symbol_file_and_build_hash_are_read(void **state)
{
    struct open_fake *f = *state;
    fake_debug(&f->fake);
    struct bt_debug_directory debug;
    assert_int_equal(bt_debug_directory_read(open_fake(f), f->arena, &debug, NULL), BT_OK);
    assert_true(debug.reproducible);
    assert_true(debug.has_guid);
    assert_int_equal(debug.guid[15], 0xaf);
    assert_int_equal(debug.age, 3);
    assert_string_equal(debug.pdb_name, "volf.pdb"); // cut by its size, not by a NUL
}

static void old_symbol_file_has_a_signature(void **state)
{
    struct open_fake *f = *state;
    fake_debug(&f->fake);
    fake_put(&f->fake, 0x5100, 0x3031424e, 4);
    fake_put(&f->fake, 0x5108, 0x3a5ecb3c, 4);
    fake_put(&f->fake, 0x510c, 1, 4);
    fake_text(&f->fake, 0x5110, "nt.pdb");
    struct bt_debug_directory debug;
    assert_int_equal(bt_debug_directory_read(open_fake(f), f->arena, &debug, NULL), BT_OK);
    assert_false(debug.has_guid);
    assert_int_equal(debug.signature, 0x3a5ecb3c);
    assert_string_equal(debug.pdb_name, "nt.pdb");
}

static void name_that_points_nowhere_is_unknown(void **state)
{
    struct open_fake *f = *state;
    fake_debug(&f->fake);
    fake_put(&f->fake, 0x501c + 0x14, 0xfffffff0, 4);
    struct bt_debug_directory debug;
    assert_int_equal(bt_debug_directory_read(open_fake(f), f->arena, &debug, NULL), BT_OK);
    assert_true(debug.reproducible);
    assert_null(debug.pdb_name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_WITH_FAKE(symbol_file_and_build_hash_are_read),
        RUN_WITH_FAKE(old_symbol_file_has_a_signature),
        RUN_WITH_FAKE(name_that_points_nowhere_is_unknown),
    };
    return cmocka_run_group_tests_name("debug_directory", tests, NULL, NULL);
}
