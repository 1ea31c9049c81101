// SPDX-License-Identifier: MIT
#include "memory/physical.h"

#include "base/limits.h"
#include "bytes_reader.h"
#include "memory/page_runs.h"
#include "test.h"

enum { FILE_SIZE = 3 * BT_PAGE_SIZE + 100 };

static uint8_t bytes[FILE_SIZE];

struct fixture {
    struct bt_arena *arena;
    struct bytes_reader reader;
    struct bt_physical *physical;
};

// Pages 5 and 6 at 0, page 9 at 0x2000, page 10 at 0x3000 of which only 100 bytes are there.
static int set_up(void **state)
{
    static struct fixture f;
    for (size_t i = 0; i < FILE_SIZE; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    f = (struct fixture){.arena = bt_arena_new(BT_LIMIT_ARENA)};
    f.reader.bytes = (struct bt_span){.data = bytes, .size = FILE_SIZE};
    struct bt_page_runs *runs;
    assert_int_equal(bt_page_runs_new(f.arena, &runs, NULL), BT_OK);
    assert_int_equal(bt_page_runs_add(runs, 5, 2, 0, NULL), BT_OK);
    assert_int_equal(bt_page_runs_add(runs, 9, 2, 0x2000, NULL), BT_OK);
    bt_page_runs_seal(runs);
    assert_int_equal(bt_physical_new(f.arena, bytes_reader(&f.reader), FILE_SIZE,
                                     bt_page_runs_map(runs), &f.physical, NULL),
                     BT_OK);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    bt_arena_free(((struct fixture *)*state)->arena);
    return 0;
}

static void read_crosses_pages_and_stops_at_the_gap(void **state)
{
    struct fixture *f = *state;
    uint8_t out[0x3000];
    assert_int_equal(bt_physical_read_some(f->physical, 0x5f00, out, sizeof out), 0x1100);
    assert_memory_equal(out, bytes + 0xf00, 0x1100);
    assert_int_equal(bt_physical_read_some(f->physical, 0x7000, out, 1), 0);
    assert_int_equal(bt_physical_read_some(f->physical, 0x5ffc, out, 8), 8);
    assert_memory_equal(out, bytes + 0xffc, 8);
}

static void page_at_the_end_of_a_cut_file_is_there_in_part(void **state)
{
    struct fixture *f = *state;
    uint8_t out[0x200];
    assert_int_equal(bt_physical_read_some(f->physical, 0xa000, out, sizeof out), 100);
    assert_memory_equal(out, bytes + 0x3000, 100);
    assert_int_equal(bt_physical_read_some(f->physical, 0xa000 + 100, out, 1), 0);
    assert_int_equal(bt_physical_read_some(f->physical, 0x9fff, out, 102), 101);
}

static void page_is_read_from_the_file_once(void **state)
{
    struct fixture *f = *state;
    uint8_t byte;
    for (bt_pa pa = 0x5000; pa < 0x6000; pa += 16)
        assert_int_equal(bt_physical_read_some(f->physical, pa, &byte, 1), 1);
    assert_int_equal(f->reader.bytes_read, BT_PAGE_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(read_crosses_pages_and_stops_at_the_gap, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(page_at_the_end_of_a_cut_file_is_there_in_part, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(page_is_read_from_the_file_once, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("physical", tests, NULL, NULL);
}
