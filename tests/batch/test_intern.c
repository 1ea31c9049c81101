// SPDX-License-Identifier: MIT
#include "batch/intern.h"

#include <stdio.h>

#include "base/stable_hash.h"

#include "test.h"

static void numbers_follow_first_appearance(void **state)
{
    (void)state;
    struct bt_arena *arena = bt_arena_new(1 << 24);
    struct bt_intern set;
    char text[32];
    uint32_t id;
    bt_intern_init(&set, arena);
    assert_int_equal(bt_intern_find(&set, (struct bt_slice){"x", 1}), BT_INTERN_NONE);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 5000; i++) {
            size_t size = (size_t)snprintf(text, sizeof text, "name-%u", i * 7);
            assert_int_equal(bt_intern_add(&set, (struct bt_slice){text, size}, &id, NULL),
                             BT_OK);
            assert_int_equal(id, i);
            assert_string_equal(bt_intern_text(&set, id), text);
        }
    }
    assert_int_equal(set.count, 5000);
    assert_int_equal(bt_intern_find(&set, (struct bt_slice){"name-7", 6}), 1);
    assert_int_equal(bt_intern_find(&set, (struct bt_slice){"name-7", 5}), BT_INTERN_NONE);
    bt_intern_fini(&set);
    bt_arena_free(arena);
}

static void pair_is_new_only_once(void **state)
{
    (void)state;
    struct bt_pairs set;
    bool is_new;
    bt_pairs_init(&set, 1000);
    for (uint64_t i = 0; i < 1000; i++) {
        assert_int_equal(bt_pairs_add(&set, i << 32 | (i * 3), &is_new), BT_OK);
        assert_true(is_new);
    }
    assert_int_equal(bt_pairs_add(&set, (uint64_t)5 << 32 | 15, &is_new), BT_OK);
    assert_false(is_new);
    assert_int_equal(bt_pairs_add(&set, UINT64_C(1) << 60, &is_new), BT_E_LIMIT);
    assert_int_equal(set.count, 1000);
    bt_pairs_fini(&set);
}

// These values are a contract: they decide which shard an input belongs to.
static void stable_hash_never_changes(void **state)
{
    (void)state;
    assert_true(bt_stable_hash("", 0) == UINT64_C(0xfdbdf6ac4fc52e7f));
    assert_true(bt_stable_hash("a.dmp", 5) == UINT64_C(0x5f01723ff54d7e2d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_follow_first_appearance),
        cmocka_unit_test(pair_is_new_only_once),
        cmocka_unit_test(stable_hash_never_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
