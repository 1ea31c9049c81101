// SPDX-License-Identifier: MIT
#include "memory/page_bitmap.h"

#include "base/limits.h"
#include "bytes_reader.h"
#include "test.h"

static struct bt_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = bt_arena_new(BT_LIMIT_ARENA);
    return arena == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    bt_arena_free(arena);
    return 0;
}

static uint64_t offset_of(struct bt_page_bitmap *bitmap, uint64_t page)
{
    struct bt_page_map *map = bt_page_bitmap_map(bitmap);
    uint64_t offset = 0;
    return map->find(map, page, &offset) ? offset : UINT64_MAX;
}

static void set_bits_are_pages_in_file_order(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0xee, 0x00, 0x05, 0x80, 0x01}; // two bytes of something else first
    struct bytes_reader reader = {.bytes = {.data = bytes, .size = sizeof bytes}};
    struct bt_page_bitmap *bitmap;
    assert_int_equal(
        bt_page_bitmap_new(arena, bytes_reader(&reader), 2, 24, 0x7000, &bitmap, NULL), BT_OK);
    assert_int_equal(bt_page_bitmap_pages(bitmap), 4);
    assert_int_equal(offset_of(bitmap, 0), 0x7000);
    assert_int_equal(offset_of(bitmap, 1), UINT64_MAX);
    assert_int_equal(offset_of(bitmap, 2), 0x8000);
    assert_int_equal(offset_of(bitmap, 15), 0x9000);
    assert_int_equal(offset_of(bitmap, 16), 0xa000);
    assert_int_equal(offset_of(bitmap, 24), UINT64_MAX);
    assert_int_equal(bt_page_bitmap_missing(bitmap, 0xb000), 0);
    assert_int_equal(bt_page_bitmap_missing(bitmap, 0xa001), 1);
    assert_int_equal(bt_page_bitmap_missing(bitmap, 0x10), 4);
}

static void bits_of_the_last_byte_count_only_up_to_the_length(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0xff, 0xff};
    struct bytes_reader reader = {.bytes = {.data = bytes, .size = sizeof bytes}};
    struct bt_page_bitmap *bitmap;
    assert_int_equal(
        bt_page_bitmap_new(arena, bytes_reader(&reader), 0, 11, 0x1000, &bitmap, NULL), BT_OK);
    assert_int_equal(bt_page_bitmap_pages(bitmap), 11);
    assert_int_equal(offset_of(bitmap, 10), 0xb000);
    assert_int_equal(offset_of(bitmap, 11), UINT64_MAX);
}

// Over several blocks the running counts must agree with counting bit by bit.
static void rank_agrees_with_a_plain_count(void **state)
{
    (void)state;
    static uint8_t bytes[40000];
    uint32_t random = 1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        random = random * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(random >> 24);
    }
    struct bytes_reader reader = {.bytes = {.data = bytes, .size = sizeof bytes}};
    struct bt_page_bitmap *bitmap;
    assert_int_equal(bt_page_bitmap_new(arena, bytes_reader(&reader), 0, sizeof bytes * 8 - 3,
                                        0, &bitmap, NULL),
                     BT_OK);
    uint64_t rank = 0;
    for (uint64_t page = 0; page < sizeof bytes * 8 - 3; page++) {
        bool set = bytes[page / 8] >> (page % 8) & 1;
        if (page % 97 == 0)
            assert_int_equal(offset_of(bitmap, page), set ? rank << 12 : UINT64_MAX);
        rank += set;
    }
    assert_int_equal(bt_page_bitmap_pages(bitmap), rank);
}

static void bitmap_beyond_the_file_is_truncated(void **state)
{
    (void)state;
    const uint8_t bytes[16] = {0};
    struct bytes_reader reader = {.bytes = {.data = bytes, .size = sizeof bytes}};
    struct bt_page_bitmap *bitmap;
    assert_int_equal(
        bt_page_bitmap_new(arena, bytes_reader(&reader), 0, 129, 0x1000, &bitmap, NULL),
        BT_E_TRUNCATED);
    assert_int_equal(
        bt_page_bitmap_new(arena, bytes_reader(&reader), 0, UINT64_MAX, 0x1000, &bitmap, NULL),
        BT_E_LIMIT);
    assert_int_equal(
        bt_page_bitmap_new(arena, bytes_reader(&reader), 0, 8, UINT64_MAX - 4, &bitmap, NULL),
        BT_E_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(set_bits_are_pages_in_file_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bits_of_the_last_byte_count_only_up_to_the_length,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(rank_agrees_with_a_plain_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bitmap_beyond_the_file_is_truncated, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("page_bitmap", tests, NULL, NULL);
}
