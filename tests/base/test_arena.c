// SPDX-License-Identifier: MIT
#include "base/arena.h"

#include <stdalign.h>

#include "test.h"

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct bt_arena *arena = bt_arena_new(1 << 20);
    for (size_t size = 0; size < 300; size++) {
        unsigned char *p;
        assert_int_equal(bt_arena_alloc(arena, size, 1, &p, NULL), BT_OK);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xee, size);
    }
    bt_arena_free(arena);
}

static void limit_refuses_hostile_counts_and_keeps_working(void **state)
{
    (void)state;
    struct bt_arena *arena = bt_arena_new(1000);
    struct bt_error err = {0};
    void *p = NULL;
    assert_int_equal(bt_arena_alloc(arena, UINT64_MAX, 8, &p, &err), BT_E_LIMIT);
    assert_int_equal(bt_arena_alloc(arena, 126, 8, &p, &err), BT_E_LIMIT);
    assert_null(p);
    assert_int_equal(bt_arena_alloc(arena, 125, 8, &p, &err), BT_OK);
    assert_int_equal(bt_arena_alloc(arena, 1, 1, &p, &err), BT_E_LIMIT);
    bt_arena_free(arena);
}

static void printf_formats_into_the_arena(void **state)
{
    (void)state;
    struct bt_arena *arena = bt_arena_new(1 << 20);
    const char *text = NULL;
    assert_int_equal(bt_arena_printf(arena, &text, NULL, "%s+0x%x", "tcpip.sys", 0x5a10u),
                     BT_OK);
    assert_string_equal(text, "tcpip.sys+0x5a10");
    bt_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(limit_refuses_hostile_counts_and_keeps_working),
        cmocka_unit_test(printf_formats_into_the_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
