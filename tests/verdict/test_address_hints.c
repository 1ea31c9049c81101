// SPDX-License-Identifier: MIT
#include "verdict/address_hints.h"

#include "test.h"

static struct bt_arena *arena;
static struct bt_kb *kb;

static int set_up(void **state)
{
    (void)state;
    arena = bt_arena_new(1 << 20);
    kb = bt_kb_new();
    return arena == NULL || kb == NULL || bt_kb_add_builtin(kb, NULL) != BT_OK;
}

static int tear_down(void **state)
{
    (void)state;
    bt_arena_free(arena);
    bt_kb_free(kb);
    return 0;
}

// A program of 64 bits: one module, one stack.
static struct bt_crash program(struct bt_module *module, struct bt_thread *thread)
{
    *module = (struct bt_module){.name = "shop.exe", .base = 0x7ff612340000, .size = 0x100000};
    *thread =
        (struct bt_thread){.id = 0x1a00, .stack = {.start = 0x2a00f0000, .end = 0x2a0100000}};
    return (struct bt_crash){.system.arch = BT_ARCH_X64,
                             .modules = module,
                             .module_count = 1,
                             .threads = thread,
                             .thread_count = 1};
}

static void null_page_is_told_on_both_sides(void **state)
{
    (void)state;
    const char *hint;
    assert_int_equal(bt_address_null_hint(true, 0, arena, &hint, NULL), BT_OK);
    assert_string_equal(hint, "null pointer");
    assert_int_equal(bt_address_null_hint(true, 0x45, arena, &hint, NULL), BT_OK);
    assert_string_equal(hint, "null pointer plus 0x45");
    assert_int_equal(bt_address_null_hint(true, (bt_va)-8, arena, &hint, NULL), BT_OK);
    assert_string_equal(hint, "null pointer minus 0x8");
    assert_int_equal(bt_address_null_hint(false, 0xfffffff8, arena, &hint, NULL), BT_OK);
    assert_string_equal(hint, "null pointer minus 0x8");
    assert_int_equal(bt_address_null_hint(true, 0xfffffff8, arena, &hint, NULL), BT_ABSENT);
    assert_int_equal(bt_address_null_hint(true, 0x1000, arena, &hint, NULL), BT_ABSENT);
}

static void upper_bits_must_be_alike_on_x64_only(void **state)
{
    (void)state;
    assert_true(bt_address_is_canonical(BT_ARCH_X64, 0x7fffffffffff));
    assert_true(bt_address_is_canonical(BT_ARCH_X64, 0xffff800000000000));
    assert_false(bt_address_is_canonical(BT_ARCH_X64, 0x4141414141414141));
    assert_true(bt_address_is_canonical(BT_ARCH_ARM64, 0x4141414141414141));
}

static void fill_patterns_are_known_at_the_width_of_the_program(void **state)
{
    (void)state;
    static const struct {
        bool is64;
        bt_va address;
        const char *word; // NULL: no pattern
    } rows[] = {
        {false, 0xdddddde1, "freed"},
        {true, 0xcdcdcdcdcdcdcdd5, "never set"},
        {true, 0xfeeefeeefeeeff00, "freed"},
        {true, 0xdeadbeef, "dead"}, // only a 32-bit field was filled
        {false, 0xddddcddd, NULL},
        {true, 0x7ff612340000, NULL},
        {true, 0xffffd001deadbeef, NULL},
    };
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        const char *hint;
        enum bt_status status =
            bt_address_fill(kb, rows[i].is64, rows[i].address, arena, &hint, NULL);
        assert_int_equal(status, rows[i].word != NULL ? BT_OK : BT_ABSENT);
        if (rows[i].word != NULL)
            assert_non_null(strstr(hint, rows[i].word));
    }
}

static void text_is_letters_and_digits_of_the_whole_pointer(void **state)
{
    (void)state;
    char text[BT_ADDRESS_TEXT_SIZE];
    assert_true(bt_address_is_text(false, 0x41414141, text));
    assert_string_equal(text, "AAAA");
    assert_true(bt_address_is_text(true, 0x3037363534333231, text));
    assert_string_equal(text, "12345670");
    assert_false(bt_address_is_text(true, 0x41414141, text));
    assert_false(bt_address_is_text(false, 0x00414141, text));
}

static void single_flipped_bit_is_found_in_module_and_stack(void **state)
{
    (void)state;
    struct bt_module module;
    struct bt_thread thread;
    struct bt_crash crash = program(&module, &thread);
    struct bt_bit_flip flip;
    bt_va wrong = 0x7ff612345678 ^ UINT64_C(1) << 40;
    assert_int_equal(bt_address_bit_flip(&crash, wrong, arena, &flip, NULL), BT_OK);
    assert_int_equal(flip.bit, 40);
    assert_int_equal(flip.intended, 0x7ff612345678);
    assert_string_equal(flip.place, "shop.exe");
    wrong = 0x2a00f1000 ^ UINT64_C(1) << 30;
    assert_int_equal(bt_address_bit_flip(&crash, wrong, arena, &flip, NULL), BT_OK);
    assert_string_equal(flip.place, "stack of thread 0x1a00");
}

static void near_miss_and_crowded_spaces_are_no_flip(void **state)
{
    (void)state;
    struct bt_module module;
    struct bt_thread thread;
    struct bt_crash crash = program(&module, &thread);
    struct bt_bit_flip flip;
    // Two bits; a low bit; in the module; and a mapped place.
    bt_va two = 0x7ff612345678 ^ UINT64_C(1) << 40 ^ UINT64_C(1) << 41;
    assert_int_equal(bt_address_bit_flip(&crash, two, arena, &flip, NULL), BT_ABSENT);
    bt_va low = 0x7ff612345678 ^ UINT64_C(1) << 20;
    assert_int_equal(bt_address_bit_flip(&crash, low, arena, &flip, NULL), BT_ABSENT);
    assert_int_equal(bt_address_bit_flip(&crash, 0x7ff612345678, arena, &flip, NULL),
                     BT_ABSENT);
    bt_va mapped = 0x7ff612345678 ^ UINT64_C(1) << 40;
    struct bt_range range = {
        .base = mapped & ~UINT64_C(0xfff), .size = 0x1000, .flags = BT_RANGE_READ};
    crash.ranges = &range;
    crash.range_count = 1;
    assert_int_equal(bt_address_bit_flip(&crash, mapped, arena, &flip, NULL), BT_ABSENT);
    // 32-bit address spaces are too full for chance to be ruled out.
    crash.range_count = 0;
    crash.system.arch = BT_ARCH_X86;
    assert_int_equal(bt_address_bit_flip(&crash, mapped, arena, &flip, NULL), BT_ABSENT);
}

static void used_up_stack_shows_below_the_stack_pointer(void **state)
{
    (void)state;
    struct bt_module module;
    struct bt_thread thread;
    struct bt_crash crash = program(&module, &thread);
    thread.sp = 0x2a00f0010;
    assert_false(bt_address_is_below_stack(&crash, 0x2a00efff8)); // whose stack?
    crash.crashing_thread = bt_some32(0);
    assert_true(bt_address_is_below_stack(&crash, 0x2a00efff8));
    assert_false(bt_address_is_below_stack(&crash, 0x2a00f0018)); // in the stack
    assert_false(bt_address_is_below_stack(&crash, 0x2a00d0000)); // too far
    // The writer could not read any of it: the pointer itself is outside.
    thread.stack = (struct bt_stack_memory){0};
    assert_true(bt_address_is_below_stack(&crash, 0x2a00f0008));
}

static void most_telling_hint_is_given(void **state)
{
    (void)state;
    struct bt_module module;
    struct bt_thread thread;
    struct bt_crash crash = program(&module, &thread);
    static const struct {
        bt_va address;
        const char *hint; // NULL: none
    } rows[] = {
        {0x28, "null pointer plus 0x28"},
        {0x1234, "null pointer plus 0x1234, or a small number in place of a pointer"},
        {0xddddddddddddddf5,
         "heap memory that was freed (0xdddddddd: Microsoft C debug run-time)"},
        {0x6f77206f6c6c6568, "text in place of a pointer: \"hello wo\""},
        {0x8000000000000010, "no valid address: its upper bits are neither all 0 nor all 1"},
        {0x7ff612345678 ^ UINT64_C(1) << 33,
         "one bit (33) away from 0x7ff612345678 in shop.exe: failing memory?"},
        {0x123456789000, NULL},
        {0x7ff612345678, NULL},
    };
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        const char *hint;
        assert_int_equal(bt_address_hint(kb, &crash, rows[i].address, arena, &hint, NULL),
                         BT_OK);
        if (rows[i].hint == NULL)
            assert_null(hint);
        else
            assert_string_equal(hint, rows[i].hint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_page_is_told_on_both_sides),
        cmocka_unit_test(upper_bits_must_be_alike_on_x64_only),
        cmocka_unit_test(fill_patterns_are_known_at_the_width_of_the_program),
        cmocka_unit_test(text_is_letters_and_digits_of_the_whole_pointer),
        cmocka_unit_test(single_flipped_bit_is_found_in_module_and_stack),
        cmocka_unit_test(near_miss_and_crowded_spaces_are_no_flip),
        cmocka_unit_test(used_up_stack_shows_below_the_stack_pointer),
        cmocka_unit_test(most_telling_hint_is_given),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
