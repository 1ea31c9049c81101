// SPDX-License-Identifier: MIT
#include "memory/page_runs.h"

#include "base/limits.h"
#include "test.h"

struct fixture {
    struct bt_arena *arena;
    struct bt_page_runs *runs;
};

static int set_up(void **state)
{
    static struct fixture f;
    f.arena = bt_arena_new(BT_LIMIT_ARENA);
    assert_non_null(f.arena);
    assert_int_equal(bt_page_runs_new(f.arena, &f.runs, NULL), BT_OK);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    bt_arena_free(f->arena);
    return 0;
}

static uint64_t offset_of(struct fixture *f, uint64_t page)
{
    struct bt_page_map *map = bt_page_runs_map(f->runs);
    uint64_t offset = 0;
    return map->find(map, page, &offset) ? offset : UINT64_MAX;
}

static void unsorted_runs_are_found_at_their_own_offsets(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(bt_page_runs_add(f->runs, 0x200, 2, 0x9000, NULL), BT_OK);
    assert_int_equal(bt_page_runs_add(f->runs, 1, 3, 0x1000, NULL), BT_OK);
    assert_int_equal(bt_page_runs_add(f->runs, 0x100, 5, 0x4000, NULL), BT_OK);
    bt_page_runs_seal(f->runs);
    assert_int_equal(offset_of(f, 0), UINT64_MAX);
    assert_int_equal(offset_of(f, 1), 0x1000);
    assert_int_equal(offset_of(f, 3), 0x3000);
    assert_int_equal(offset_of(f, 4), UINT64_MAX);
    assert_int_equal(offset_of(f, 0x104), 0x8000);
    assert_int_equal(offset_of(f, 0x105), UINT64_MAX);
    assert_int_equal(offset_of(f, 0x201), 0xa000);
    assert_int_equal(offset_of(f, 0x202), UINT64_MAX);
    assert_int_equal(bt_page_runs_pages(f->runs), 10);
}

static void overlap_belongs_to_the_run_that_begins_first(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(bt_page_runs_add(f->runs, 10, 10, 0x100000, NULL), BT_OK);
    assert_int_equal(bt_page_runs_add(f->runs, 15, 10, 0x200000, NULL), BT_OK);
    assert_int_equal(bt_page_runs_add(f->runs, 12, 2, 0x300000, NULL), BT_OK);
    bt_page_runs_seal(f->runs);
    assert_int_equal(offset_of(f, 13), 0x103000);
    assert_int_equal(offset_of(f, 19), 0x109000);
    assert_int_equal(offset_of(f, 20), 0x205000);
    assert_int_equal(offset_of(f, 24), 0x209000);
    assert_int_equal(bt_page_runs_pages(f->runs), 15);
}

static void pages_no_processor_has_are_corrupt(void **state)
{
    struct fixture *f = *state;
    struct bt_error err = {0};
    assert_int_equal(bt_page_runs_add(f->runs, UINT64_MAX, 2, 0, &err), BT_E_CORRUPT);
    assert_int_equal(bt_page_runs_add(f->runs, 1, UINT64_MAX, 0, &err), BT_E_CORRUPT);
    assert_int_equal(bt_page_runs_add(f->runs, 1, 2, UINT64_MAX - 0x1000, &err), BT_E_CORRUPT);
    bt_page_runs_seal(f->runs);
    assert_int_equal(bt_page_runs_pages(f->runs), 0);
}

static void missing_counts_pages_not_wholly_in_the_file(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(bt_page_runs_add(f->runs, 0, 4, 0x1000, NULL), BT_OK);
    assert_int_equal(bt_page_runs_add(f->runs, 8, 4, 0x5000, NULL), BT_OK);
    bt_page_runs_seal(f->runs);
    assert_int_equal(bt_page_runs_missing(f->runs, 0x9000), 0);
    assert_int_equal(bt_page_runs_missing(f->runs, 0x8fff), 1);
    assert_int_equal(bt_page_runs_missing(f->runs, 0x4fff), 5);
    assert_int_equal(bt_page_runs_missing(f->runs, 0), 8);
}

static void too_many_runs_keep_what_came_before(void **state)
{
    struct fixture *f = *state;
    enum bt_status st = BT_OK;
    for (uint64_t i = 0; i <= BT_LIMIT_RUNS && st == BT_OK; i++)
        st = bt_page_runs_add(f->runs, i * 2, 1, 0x1000 * i, NULL);
    assert_int_equal(st, BT_E_LIMIT);
    bt_page_runs_seal(f->runs);
    assert_int_equal(bt_page_runs_pages(f->runs), BT_LIMIT_RUNS);
    assert_int_equal(offset_of(f, 2), 0x1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(unsorted_runs_are_found_at_their_own_offsets, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(overlap_belongs_to_the_run_that_begins_first, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(pages_no_processor_has_are_corrupt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(missing_counts_pages_not_wholly_in_the_file, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(too_many_runs_keep_what_came_before, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("page_runs", tests, NULL, NULL);
}
