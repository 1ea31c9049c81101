// SPDX-License-Identifier: MIT
#include "memory/regions.h"

#include "base/limits.h"

#include "test.h"

// 256 bytes that say where they stand.
static enum bt_status read_byte_values(void *self, uint64_t offset, void *buf, size_t size,
                                       struct bt_error *err)
{
    (void)self;
    if (offset > 256 || size > 256 - offset)
        return BT_FAIL(err, BT_E_TRUNCATED, offset, "past the end");
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)buf)[i] = (uint8_t)(offset + i);
    return BT_OK;
}

static const struct bt_reader byte_values = {.read = read_byte_values, .self = NULL};

struct space {
    struct bt_arena *arena;
    struct bt_regions *regions;
};

static struct space make_space(bool is64)
{
    struct space s = {.arena = bt_arena_new(BT_LIMIT_ARENA)};
    assert_non_null(s.arena);
    assert_int_equal(bt_regions_new(s.arena, byte_values, is64, &s.regions, NULL), BT_OK);
    return s;
}

static void add(struct space s, bt_va va, uint64_t size, uint64_t offset)
{
    assert_int_equal(bt_regions_add(s.regions, va, size, offset, NULL), BT_OK);
}

static size_t read_some(struct space s, bt_va va, void *buf, size_t size)
{
    const struct bt_memory *m = bt_regions_memory(s.regions);
    return m->read_some(m, va, buf, size);
}

static void touching_pieces_are_read_as_one(void **state)
{
    (void)state;
    struct space s = make_space(true);
    add(s, 0x2000, 0x10, 0x80); // added out of order
    add(s, 0x1ff0, 0x10, 0x10);
    bt_regions_seal(s.regions);
    uint8_t buf[0x20] = {0};
    assert_int_equal(read_some(s, 0x1ff0, buf, sizeof buf), 0x20);
    assert_int_equal(buf[0x0f], 0x1f);
    assert_int_equal(buf[0x10], 0x80);
    bt_arena_free(s.arena);
}

static void read_stops_at_a_gap(void **state)
{
    (void)state;
    struct space s = make_space(true);
    add(s, 0x1000, 0x10, 0);
    add(s, 0x1011, 0x10, 0x20);
    bt_regions_seal(s.regions);
    uint8_t buf[0x20];
    assert_int_equal(read_some(s, 0x1008, buf, sizeof buf), 8);
    assert_int_equal(read_some(s, 0x1010, buf, sizeof buf), 0);
    assert_int_equal(read_some(s, 0x0fff, buf, sizeof buf), 0);
    struct bt_error err = {0};
    assert_int_equal(
        bt_memory_read(bt_regions_memory(s.regions), 0x1008, buf, sizeof buf, &err), BT_ABSENT);
    assert_non_null(strstr(err.message, "0x1010"));
    bt_arena_free(s.arena);
}

static void overlapping_pieces_cover_all_they_can(void **state)
{
    (void)state;
    struct space s = make_space(true);
    add(s, 0x1000, 0x08, 0x00);
    add(s, 0x1000, 0x20, 0x40); // longer from the same start: wins
    add(s, 0x1010, 0x08, 0x00); // inside: adds nothing
    add(s, 0x1018, 0x10, 0xa0); // sticks out by 8
    bt_regions_seal(s.regions);
    assert_int_equal(bt_regions_count(s.regions), 2);
    uint8_t buf[0x40] = {0};
    assert_int_equal(read_some(s, 0x1000, buf, sizeof buf), 0x28);
    for (size_t i = 0; i < 0x20; i++)
        assert_int_equal(buf[i], 0x40 + i);
    for (size_t i = 0x20; i < 0x28; i++)
        assert_int_equal(buf[i], 0xa0 + i - 0x18);
    bt_arena_free(s.arena);
}

static void top_of_the_space_is_readable(void **state)
{
    (void)state;
    struct space s = make_space(true);
    add(s, UINT64_MAX - 0xf, 0x10, 0);
    bt_regions_seal(s.regions);
    uint8_t buf[0x20];
    assert_int_equal(read_some(s, UINT64_MAX - 3, buf, sizeof buf), 4);
    assert_int_equal(buf[3], 0x0f);
    assert_int_equal(bt_regions_add(s.regions, UINT64_MAX, 2, 0, NULL), BT_E_CORRUPT);
    bt_arena_free(s.arena);
}

static void narrow_space_ends_at_four_gigabytes(void **state)
{
    (void)state;
    struct space s = make_space(false);
    add(s, 0xfffffff0, 0x10, 0);
    assert_int_equal(bt_regions_add(s.regions, 0xfffffff0, 0x11, 0, NULL), BT_E_CORRUPT);
    assert_int_equal(bt_regions_add(s.regions, UINT64_C(0x100000000), 1, 0, NULL),
                     BT_E_CORRUPT);
    bt_regions_seal(s.regions);
    bt_va pointer = 0;
    assert_int_equal(
        bt_memory_pointer(bt_regions_memory(s.regions), 0xfffffffc, &pointer, NULL), BT_OK);
    assert_int_equal(pointer, 0x0f0e0d0c);
    bt_arena_free(s.arena);
}

static void piece_past_the_end_of_the_file_is_absent(void **state)
{
    (void)state;
    struct space s = make_space(true);
    add(s, 0x1000, 0x10, 0xf8); // 8 of 16 bytes are there
    bt_regions_seal(s.regions);
    uint8_t buf[0x10];
    assert_int_equal(read_some(s, 0x1000, buf, 8), 8);
    assert_int_equal(read_some(s, 0x1000, buf, 16), 0);
    bt_arena_free(s.arena);
}

static void empty_space_holds_nothing(void **state)
{
    (void)state;
    struct space s = make_space(true);
    add(s, 0x1000, 0, 0);
    bt_regions_seal(s.regions);
    uint8_t buf[1];
    assert_int_equal(read_some(s, 0x1000, buf, 1), 0);
    bt_arena_free(s.arena);
}

static void pieces_have_a_limit(void **state)
{
    (void)state;
    struct space s = make_space(true);
    for (unsigned i = 0; i < BT_LIMIT_REGIONS; i++)
        add(s, (uint64_t)i * 16, 8, 0);
    assert_int_equal(bt_regions_add(s.regions, 1, 1, 0, NULL), BT_E_LIMIT);
    bt_regions_seal(s.regions);
    uint8_t buf[8];
    assert_int_equal(read_some(s, 16 * 77, buf, 8), 8);
    bt_arena_free(s.arena);
}

static void view_above_the_callers_limit_is_refused(void **state)
{
    (void)state;
    struct space s = make_space(true);
    add(s, 0x1000, 0x40, 0);
    bt_regions_seal(s.regions);
    struct bt_span view;
    const struct bt_memory *m = bt_regions_memory(s.regions);
    assert_int_equal(bt_memory_view(m, 0x1000, 0x40, 0x40, s.arena, &view, NULL), BT_OK);
    assert_int_equal(view.data[0x3f], 0x3f);
    assert_int_equal(bt_memory_view(m, 0x1000, 0x41, 0x40, s.arena, &view, NULL), BT_E_LIMIT);
    bt_arena_free(s.arena);
}

static enum bt_status read_unicode_sample(void *self, uint64_t offset, void *buf, size_t size,
                                          struct bt_error *err)
{
    // UNICODE_STRING {10, 12, pad, 0x1010}, then "Ntfs" with an e-acute.
    static const uint8_t sample[] = {10, 0, 12, 0,   0, 0,   0, 0,   0x10, 0x10, 0, 0,    0,
                                     0,  0, 0,  'N', 0, 't', 0, 'f', 0,    's',  0, 0xe9, 0};
    (void)self;
    if (offset > sizeof sample || size > sizeof sample - offset)
        return BT_FAIL(err, BT_E_TRUNCATED, offset, "past the end");
    memcpy(buf, sample + offset, size);
    return BT_OK;
}

static void unicode_string_becomes_utf8(void **state)
{
    (void)state;
    struct bt_arena *arena = bt_arena_new(1 << 20);
    const struct bt_reader reader = {.read = read_unicode_sample, .self = NULL};
    struct bt_regions *r;
    const char *text = NULL;
    assert_int_equal(bt_regions_new(arena, reader, true, &r, NULL), BT_OK);
    assert_int_equal(bt_regions_add(r, 0x1000, 26, 0, NULL), BT_OK);
    bt_regions_seal(r);
    assert_int_equal(bt_memory_unicode_string(bt_regions_memory(r), 0x1000, arena, &text, NULL),
                     BT_OK);
    assert_string_equal(text, "Ntfs\xc3\xa9");
    bt_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(touching_pieces_are_read_as_one),
        cmocka_unit_test(read_stops_at_a_gap),
        cmocka_unit_test(overlapping_pieces_cover_all_they_can),
        cmocka_unit_test(top_of_the_space_is_readable),
        cmocka_unit_test(narrow_space_ends_at_four_gigabytes),
        cmocka_unit_test(piece_past_the_end_of_the_file_is_absent),
        cmocka_unit_test(empty_space_holds_nothing),
        cmocka_unit_test(pieces_have_a_limit),
        cmocka_unit_test(view_above_the_callers_limit_is_refused),
        cmocka_unit_test(unicode_string_becomes_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
