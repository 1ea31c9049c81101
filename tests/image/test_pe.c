// SPDX-License-Identifier: MIT
#include "image/pe.h"

#include "array_memory.h"
#include "base/limits.h"
#include "fake_image.h"
#include "test.h"

static struct bt_arena *arena;
static struct fake_image fake;

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

static const bt_va base = UINT64_C(0xfffff80000400000);

static void headers_of_both_widths(void **state)
{
    (void)state;
    for (unsigned wide = 0; wide < 2; wide++) {
        fake_image_init(&fake, wide);
        fake_exports(&fake);
        struct array_memory memory = array_memory(base, fake.bytes, sizeof fake.bytes, wide);
        struct bt_image image;
        assert_int_equal(bt_image_open(&memory.memory, base, arena, &image, NULL), BT_OK);
        assert_int_equal(image.is64, wide);
        assert_int_equal(image.machine, wide ? 0x8664 : 0x14c);
        assert_int_equal(image.timestamp, 0x4b2f6c11);
        assert_int_equal(image.checksum, 0xabcde);
        assert_int_equal(image.size, 0x6000);
        assert_int_equal(image.entry_point, 0x1010);
        assert_int_equal(image.preferred_base, 0x10000000);
        assert_int_equal(image.directories[BT_IMAGE_EXPORTS].rva, 0x2000);
        assert_int_equal(image.directories[BT_IMAGE_EXPORTS].size, 0x200);
        assert_int_equal(image.section_count, 5);
        assert_string_equal(image.sections[4].name, ".debug$S");
        assert_ptr_equal(bt_image_section_at(&image, 0x1fff), &image.sections[0]);
        assert_true(image.sections[0].flags & BT_SECTION_EXECUTE);
        assert_null(bt_image_section_at(&image, 0x800));
        assert_null(bt_image_section_at(&image, 0x6000));
    }
}

static void headers_that_are_not_there_are_absent(void **state)
{
    (void)state;
    fake_image_init(&fake, true);
    struct array_memory memory = array_memory(base, fake.bytes, sizeof fake.bytes, true);
    memory.hole = base;
    memory.hole_end = base + 0x1000;
    struct bt_image image;
    assert_int_equal(bt_image_open(&memory.memory, base, arena, &image, NULL), BT_ABSENT);
}

static void sections_that_are_not_there_leave_the_rest(void **state)
{
    (void)state;
    fake_image_init(&fake, true);
    struct array_memory memory = array_memory(base, fake.bytes, sizeof fake.bytes, true);
    memory.hole = base + FAKE_OPTIONAL + 0xf0 + 0x30;
    memory.hole_end = base + 0x1000;
    struct bt_image image;
    assert_int_equal(bt_image_open(&memory.memory, base, arena, &image, NULL), BT_OK);
    assert_int_equal(image.timestamp, 0x4b2f6c11);
    assert_int_equal(image.section_count, 0);
    assert_null(bt_image_section_at(&image, 0x1000));
}

static void something_else_is_corrupt(void **state)
{
    (void)state;
    struct bt_image image;
    struct array_memory memory = array_memory(base, fake.bytes, sizeof fake.bytes, true);
    fake_image_init(&fake, true);
    fake_put(&fake, 0, 0x4d5a, 2);
    assert_int_equal(bt_image_open(&memory.memory, base, arena, &image, NULL), BT_E_CORRUPT);
    fake_image_init(&fake, true);
    fake_put(&fake, 0x3c, 0xfffffff0, 4);
    assert_int_equal(bt_image_open(&memory.memory, base, arena, &image, NULL), BT_E_CORRUPT);
    fake_image_init(&fake, true);
    fake_put(&fake, FAKE_NT, 0x454e, 4); // NE
    assert_int_equal(bt_image_open(&memory.memory, base, arena, &image, NULL), BT_E_CORRUPT);
    fake_image_init(&fake, true);
    fake_put(&fake, FAKE_NT + 0x14, 0x20, 2);
    assert_int_equal(bt_image_open(&memory.memory, base, arena, &image, NULL), BT_E_CORRUPT);
}

static void reads_end_at_the_size_of_the_image(void **state)
{
    (void)state;
    fake_image_init(&fake, true);
    fake_put(&fake, FAKE_OPTIONAL + 0x38, 0x5000, 4);
    struct array_memory memory = array_memory(base, fake.bytes, sizeof fake.bytes, true);
    struct bt_image image;
    uint8_t buf[16];
    struct bt_span span;
    assert_int_equal(bt_image_open(&memory.memory, base, arena, &image, NULL), BT_OK);
    assert_int_equal(bt_image_read(&image, 0x4ff0, buf, 16, NULL), BT_OK);
    assert_int_equal(bt_image_read(&image, 0x4ff1, buf, 16, NULL), BT_E_CORRUPT);
    assert_int_equal(bt_image_read(&image, UINT64_MAX, buf, 16, NULL), BT_E_CORRUPT);
    assert_int_equal(bt_image_view_some(&image, 0x4000, UINT64_MAX, arena, &span, NULL),
                     BT_E_CORRUPT);
}

static void claimed_size_costs_no_more_memory_than_there_is(void **state)
{
    (void)state;
    fake_image_init(&fake, true);
    fake_put(&fake, FAKE_OPTIONAL + 0x38, 0x7fffffff, 4);
    struct array_memory memory = array_memory(base, fake.bytes, sizeof fake.bytes, true);
    struct bt_image image;
    struct bt_span span;
    assert_int_equal(bt_image_open(&memory.memory, base, arena, &image, NULL), BT_OK);
    uint64_t before = bt_arena_used(arena);
    assert_int_equal(bt_image_view_some(&image, 0x1000, 0x70000000, arena, &span, NULL), BT_OK);
    assert_int_equal(span.size, sizeof fake.bytes - 0x1000);
    assert_true(bt_arena_used(arena) - before <= 64 << 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(headers_of_both_widths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(headers_that_are_not_there_are_absent, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sections_that_are_not_there_leave_the_rest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(something_else_is_corrupt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_end_at_the_size_of_the_image, set_up, tear_down),
        cmocka_unit_test_setup_teardown(claimed_size_costs_no_more_memory_than_there_is, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("pe", tests, NULL, NULL);
}
