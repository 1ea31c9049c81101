// SPDX-License-Identifier: MIT
//
// The prologs are those that the vendor's description of ARM64 exception handling gives for
// each form of unwind data.
#include "unwind_array.h"

enum {
    X19 = 19,
    X20 = 20,
    X21 = 21,
    X22 = 22,
    FP = 29,
    LR = 30,
    RETURN = 0x123450,
    SP = 0x100
};

static void put_function(uint32_t word)
{
    fake_put(&u.fake, FAKE_NT + 4, 0xaa64, 2);
    fake_directory(&u.fake, 3, 0x4000, 8);
    fake_put(&u.fake, 0x4000, 0x1100, 4);
    fake_put(&u.fake, 0x4004, word, 4);
}

// A full record at 0x4100 for a function of 32 instructions, without epilog scopes.
static void put_record(const uint8_t *codes, size_t size)
{
    put_function(0x4100);
    fake_put(&u.fake, 0x4100, 32 | (uint32_t)((size + 3) / 4) << 27, 4);
    put_code(0x4104, codes, size);
}

static enum bt_status step(void)
{
    return bt_unwind_arm64(&u.memory.memory, &u.image, &u.frame, NULL);
}

static void returned_to(uint64_t ip, size_t sp)
{
    assert_int_equal(u.frame.registers.ip, ip);
    assert_int_equal(u.frame.registers.sp, stack_va(sp));
    assert_false(u.frame.exact);
}

// stp x19, x20, [sp, #-32]!; str x21, [sp, #16]; stp fp, lr, [sp, #-16]!; mov fp, sp
// length 32, RegI 3, CR 3 (chained), frame 48
static const uint32_t chained = 1 | 32 << 2 | 3 << 16 | 3 << 21 | 3 << 23;

static void put_chained_frame(void)
{
    stack64(SP, stack_va(0x800)); // the caller's frame
    stack64(SP + 8, RETURN);
    stack64(SP + 16, 0x1919);
    stack64(SP + 24, 0x2020);
    stack64(SP + 32, 0x2121);
}

static void packed_word_describes_a_chained_frame(void **state)
{
    (void)state;
    put_function(chained);
    start_at(BT_ARCH_ARM64, 0x1140, false, SP - 0x40); // locals were made since
    set_register(FP, stack_va(SP));
    put_chained_frame();
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 48);
    assert_int_equal(u.frame.registers.general[X19], 0x1919);
    assert_int_equal(u.frame.registers.general[X20], 0x2020);
    assert_int_equal(u.frame.registers.general[X21], 0x2121);
    assert_int_equal(u.frame.registers.fp, stack_va(0x800));
    assert_false(knows(LR));
    assert_false(knows(0));
}

static void packed_prolog_undoes_what_has_run(void **state)
{
    (void)state;
    put_function(chained);
    start_at(BT_ARCH_ARM64, 0x1104, true, SP); // only the first store has run
    set_register(FP, 0x777);
    set_register(LR, RETURN);
    stack64(SP, 0x1919);
    stack64(SP + 8, 0x2020);
    stack64(SP + 16, 0x999);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 32);
    assert_int_equal(u.frame.registers.general[X20], 0x2020);
    assert_int_equal(u.frame.registers.fp, 0x777);
    assert_false(knows(X21));
}

static void packed_word_without_chain_keeps_the_link_register(void **state)
{
    (void)state;
    // stp x19, x20, [sp, #-32]!; str lr, [sp, #16]; sub sp, sp, #16: RegI 2, CR 1, frame 48
    put_function(1 | 32 << 2 | 2 << 16 | 1 << 21 | 3 << 23);
    start_at(BT_ARCH_ARM64, 0x1140, false, SP);
    stack64(SP + 16, 0x1919);
    stack64(SP + 24, 0x2020);
    stack64(SP + 32, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 48);
    assert_int_equal(u.frame.registers.general[X20], 0x2020);
}

static void signed_return_address_is_stripped(void **state)
{
    (void)state;
    put_function((chained & ~(UINT32_C(3) << 21)) | 2 << 21);
    start_at(BT_ARCH_ARM64, 0x1140, false, SP);
    set_register(FP, stack_va(SP));
    put_chained_frame();
    stack64(SP + 8, UINT64_C(0x7a3ff80012345678));
    assert_int_equal(step(), BT_OK);
    assert_int_equal(u.frame.registers.ip, UINT64_C(0xfffff80012345678));
}

static void record_of_a_function_with_a_large_frame(void **state)
{
    (void)state;
    // In the order of undoing: sub sp, #1600; stp fp, lr, [sp, #40]; str x23, [sp, #32];
    // stp x21, x22 (next of the pair before); stp x19, x20, [sp, #-64]!
    const uint8_t codes[] = {0xc0, 0x64, 0x45, 0xd1, 0x04, 0xe6, 0x28, 0xe4};
    put_record(codes, sizeof codes);
    start_at(BT_ARCH_ARM64, 0x1140, false, SP);
    const size_t saved = SP + 1600;
    stack64(saved, 0x1919);
    stack64(saved + 16, 0x2121);
    stack64(saved + 24, 0x2222);
    stack64(saved + 32, 0x2323);
    stack64(saved + 40, 0xf9);
    stack64(saved + 48, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, saved + 64);
    assert_int_equal(u.frame.registers.general[X19], 0x1919);
    assert_int_equal(u.frame.registers.general[X21], 0x2121);
    assert_int_equal(u.frame.registers.general[X22], 0x2222);
    assert_int_equal(u.frame.registers.general[23], 0x2323);
    assert_int_equal(u.frame.registers.fp, 0xf9);
}

static void epilog_leaves_out_what_it_has_undone(void **state)
{
    (void)state;
    // sub sp, #32; stp fp, lr, [sp, #-16]!; one epilog scope from instruction 20 on, with the
    // codes from the first one on: add sp; ldp fp, lr; ret
    put_function(0x4100);
    fake_put(&u.fake, 0x4100, 32 | 1 << 22 | 1u << 27, 4);
    fake_put(&u.fake, 0x4104, 20, 4);
    const uint8_t codes[] = {0x02, 0x81, 0xe4, 0xe3};
    put_code(0x4108, codes, sizeof codes);
    start_at(BT_ARCH_ARM64, 0x1100 + 21 * 4, true, SP); // the add has run
    stack64(SP, 0xf9);
    stack64(SP + 8, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 16);
    start_at(BT_ARCH_ARM64, 0x1100 + 22 * 4, true, SP); // at the return
    set_register(LR, RETURN + 4);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN + 4, SP);
}

static void leaf_returns_through_the_link_register(void **state)
{
    (void)state;
    put_function(chained);
    start_at(BT_ARCH_ARM64, 0x1180, true, SP); // behind the end of the function
    set_register(LR, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP);
    start_at(BT_ARCH_ARM64, 0x1188, false, SP); // but only in the innermost frame
    set_register(LR, RETURN);
    assert_int_equal(step(), BT_ABSENT);
}

static void machine_frame_gives_where_the_processor_was(void **state)
{
    (void)state;
    const uint8_t codes[] = {0x02, 0xe9, 0xe4, 0xe3};
    put_record(codes, sizeof codes);
    start_at(BT_ARCH_ARM64, 0x1140, false, SP);
    stack64(SP + 32, stack_va(0x3000));
    stack64(SP + 40, RETURN);
    assert_int_equal(step(), BT_OK);
    assert_int_equal(u.frame.registers.ip, RETURN);
    assert_int_equal(u.frame.registers.sp, stack_va(0x3000));
    assert_true(u.frame.exact);
}

static void codes_out_of_range_are_refused(void **state)
{
    (void)state;
    const uint8_t beyond[] = {0xcb, 0xc0, 0xe4, 0xe3}; // a pair from x34 on
    put_record(beyond, sizeof beyond);
    start_at(BT_ARCH_ARM64, 0x1140, false, SP);
    assert_int_equal(step(), BT_E_CORRUPT);
    const uint8_t cut[] = {0xe3, 0xe3, 0xe3, 0xe0};
    put_record(cut, sizeof cut);
    start_at(BT_ARCH_ARM64, 0x1140, false, SP);
    assert_int_equal(step(), BT_E_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(packed_word_describes_a_chained_frame),
        RUN(packed_prolog_undoes_what_has_run),
        RUN(packed_word_without_chain_keeps_the_link_register),
        RUN(signed_return_address_is_stripped),
        RUN(record_of_a_function_with_a_large_frame),
        RUN(epilog_leaves_out_what_it_has_undone),
        RUN(leaf_returns_through_the_link_register),
        RUN(machine_frame_gives_where_the_processor_was),
        RUN(codes_out_of_range_are_refused),
    };
    return cmocka_run_group_tests_name("unwind_arm64", tests, NULL, NULL);
}
