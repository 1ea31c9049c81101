// SPDX-License-Identifier: MIT
//
// Unwind information and code are written as an assembler would lay them out; the stack as the
// prolog would have left it.
#include "unwind_array.h"

enum { RBX = 3, RBP = 5, RSI = 6, R12 = 12, RETURN = 0x123456, SP = 0x100 };

// The only function: 0x1100 to 0x1180, information at 0x4100.
static void put_function(const uint8_t *info, size_t size)
{
    fake_directory(&u.fake, 3, 0x4000, 12);
    fake_put(&u.fake, 0x4000, 0x1100, 4);
    fake_put(&u.fake, 0x4004, 0x1180, 4);
    fake_put(&u.fake, 0x4008, 0x4100, 4);
    put_code(0x4100, info, size);
}

static enum bt_status step(void)
{
    return bt_unwind_x64(&u.memory.memory, &u.image, &u.frame, NULL);
}

static void returned_to(uint64_t ip, size_t sp)
{
    assert_int_equal(u.frame.registers.ip, ip);
    assert_int_equal(u.frame.registers.sp, stack_va(sp));
    assert_int_equal(u.frame.registers.general[4], stack_va(sp));
    assert_false(u.frame.exact);
}

// push rbx (2 bytes); sub rsp, 20h (4 bytes)
static const uint8_t push_and_alloc[] = {0x01, 6, 2, 0, 6, 0x32, 2, 0x30};

static void body_undoes_the_whole_prolog(void **state)
{
    (void)state;
    put_function(push_and_alloc, sizeof push_and_alloc);
    start_at(BT_ARCH_X64, 0x1140, false, SP);
    set_register(0, 77);
    stack64(SP + 0x20, 0xbb);
    stack64(SP + 0x28, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 0x30);
    assert_true(knows(RBX));
    assert_int_equal(u.frame.registers.general[RBX], 0xbb);
    assert_false(knows(0)); // a call does not keep rax
}

static void prolog_undoes_what_has_run(void **state)
{
    (void)state;
    put_function(push_and_alloc, sizeof push_and_alloc);
    start_at(BT_ARCH_X64, 0x1102, true, SP);
    stack64(SP, 0xbb);
    stack64(SP + 8, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 16);
    start_at(BT_ARCH_X64, 0x1100, true, SP);
    stack64(SP, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 8);
    assert_false(knows(RBX));
}

static void call_at_the_end_of_a_function_belongs_to_it(void **state)
{
    (void)state;
    put_function(push_and_alloc, sizeof push_and_alloc);
    start_at(BT_ARCH_X64, 0x1180, false, SP);
    stack64(SP + 0x28, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 0x30);
}

static void frame_register_survives_a_moving_stack(void **state)
{
    (void)state;
    // push rbp; sub rsp, 40h; lea rbp, [rsp+20h]; rsi saved at frame + 38h
    const uint8_t info[] = {0x01, 15, 5, 0x25, 15, 0x64, 7, 0, 10, 0x03, 5, 0x72, 1, 0x50};
    put_function(info, sizeof info);
    start_at(BT_ARCH_X64, 0x1140, false, SP);
    set_register(RBP, stack_va(SP + 0x1020)); // rsp was moved down by 1000h since
    stack64(SP + 0x1000 + 0x38, 0x51);
    stack64(SP + 0x1000 + 0x40, 0xb9);
    stack64(SP + 0x1000 + 0x48, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 0x1050);
    assert_int_equal(u.frame.registers.general[RBP], 0xb9);
    assert_int_equal(u.frame.registers.fp, 0xb9);
    assert_int_equal(u.frame.registers.general[RSI], 0x51);
}

static void frame_register_that_is_not_known_is_absent(void **state)
{
    (void)state;
    const uint8_t info[] = {0x01, 10, 3, 0x25, 10, 0x03, 5, 0x72, 1, 0x50};
    put_function(info, sizeof info);
    start_at(BT_ARCH_X64, 0x1140, false, SP);
    const struct bt_unwind_frame before = u.frame;
    assert_int_equal(step(), BT_ABSENT);
    assert_memory_equal(&before, &u.frame, sizeof before);
}

static void large_frames_of_both_forms(void **state)
{
    (void)state;
    const uint8_t scaled[] = {0x01, 7, 2, 0, 7, 0x01, 0x00, 0x02}; // 0x200 * 8
    put_function(scaled, sizeof scaled);
    start_at(BT_ARCH_X64, 0x1140, false, SP);
    stack64(SP + 0x1000, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 0x1008);
    const uint8_t whole[] = {0x01, 7, 3, 0, 7, 0x11, 0x10, 0x20, 0, 0}; // 0x2010
    put_function(whole, sizeof whole);
    start_at(BT_ARCH_X64, 0x1140, false, SP);
    stack64(SP + 0x2010, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 0x2018);
}

// The moved part of a function: its own two slots and one of padding, then its parent.
static void part_continues_with_its_parent(void **state)
{
    (void)state;
    const uint8_t part[] = {
        0x21, 4,    3, 0, 4,    0xc4, 6, 0, 0,    0x02, 0, 0, // r12 at 30h, alloc 8
        0x00, 0x13, 0, 0, 0x40, 0x13, 0, 0, 0x40, 0x41, 0, 0};
    put_function(part, sizeof part);
    put_code(0x4140, push_and_alloc, sizeof push_and_alloc);
    start_at(BT_ARCH_X64, 0x1140, false, SP);
    stack64(SP + 0x30, 0x12); // r12, counted from rsp
    stack64(SP + 0x08 + 0x20, 0xbb);
    stack64(SP + 0x08 + 0x28, RETURN);
    assert_int_equal(step(), BT_OK);
    assert_int_equal(u.frame.registers.general[RBX], 0xbb);
    returned_to(RETURN, SP + 0x38);
    uint32_t start = 0;
    assert_int_equal(bt_unwind_function_start(&u.image, 0x1140, &start, NULL), BT_OK);
    assert_int_equal(start, 0x1300);
}

static void parts_that_are_their_own_parents_end(void **state)
{
    (void)state;
    const uint8_t part[] = {0x21, 0,    0, 0, 0x00, 0x11, 0, 0,
                            0x80, 0x11, 0, 0, 0x00, 0x41, 0, 0};
    put_function(part, sizeof part);
    start_at(BT_ARCH_X64, 0x1140, false, SP);
    assert_int_equal(step(), BT_E_LIMIT);
}

static void epilog_goes_on_where_it_is(void **state)
{
    (void)state;
    // add rsp, 20h; pop rbx; pop r12; ret
    const uint8_t code[] = {0x48, 0x83, 0xc4, 0x20, 0x5b, 0x41, 0x5c, 0xc3};
    put_function(push_and_alloc, sizeof push_and_alloc);
    put_code(0x1160, code, sizeof code);
    start_at(BT_ARCH_X64, 0x1164, true, SP);
    stack64(SP, 0xbb);
    stack64(SP + 8, 0x12);
    stack64(SP + 16, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 24);
    assert_int_equal(u.frame.registers.general[RBX], 0xbb);
    assert_int_equal(u.frame.registers.general[R12], 0x12);
    start_at(BT_ARCH_X64, 0x1160, true, SP);
    stack64(SP + 0x20 + 16, RETURN + 1);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN + 1, SP + 0x20 + 24);
}

static void epilog_counts_from_the_frame_register(void **state)
{
    (void)state;
    const uint8_t code[] = {0x48, 0x8d, 0x65, 0x20, 0x5d, 0xc3}; // lea rsp, [rbp+20h]; pop rbp
    const uint8_t info[] = {0x01, 10, 3, 0x25, 10, 0x03, 5, 0x72, 1, 0x50};
    put_function(info, sizeof info);
    put_code(0x1160, code, sizeof code);
    start_at(BT_ARCH_X64, 0x1160, true, SP);
    set_register(RBP, stack_va(SP + 0x400));
    stack64(SP + 0x420, 0xb9);
    stack64(SP + 0x428, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 0x430);
    assert_int_equal(u.frame.registers.general[RBP], 0xb9);
}

static void jump_inside_a_function_is_no_epilog(void **state)
{
    (void)state;
    const uint8_t inside[] = {0xeb, 0x08};              // to 0x116a
    const uint8_t outside[] = {0xe9, 0x9b, 0x00, 0, 0}; // to 0x1200: a function without table
    put_function(push_and_alloc, sizeof push_and_alloc);
    put_code(0x1160, inside, sizeof inside);
    start_at(BT_ARCH_X64, 0x1160, true, SP);
    stack64(SP, RETURN + 1);
    stack64(SP + 0x28, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 0x30);
    put_code(0x1160, outside, sizeof outside);
    start_at(BT_ARCH_X64, 0x1160, true, SP);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN + 1, SP + 8);
}

static void interrupt_gives_where_the_processor_was(void **state)
{
    (void)state;
    // An interrupt with an error code: push machine frame; sub rsp, 28h
    const uint8_t info[] = {0x01, 4, 2, 0, 4, 0x42, 0, 0x1a};
    put_function(info, sizeof info);
    start_at(BT_ARCH_X64, 0x1140, true, SP);
    stack64(SP + 0x28, 0x2);    // error code
    stack64(SP + 0x30, RETURN); // rip, cs, eflags, rsp, ss
    stack64(SP + 0x38, 0x10);
    stack64(SP + 0x48, stack_va(0x4000));
    assert_int_equal(step(), BT_OK);
    assert_int_equal(u.frame.registers.ip, RETURN);
    assert_int_equal(u.frame.registers.sp, stack_va(0x4000));
    assert_true(u.frame.exact);
}

static void version_2_describes_epilogs_first(void **state)
{
    (void)state;
    const uint8_t info[] = {0x02, 6, 4, 0, 2, 0x16, 0, 0x06, 6, 0x32, 2, 0x30};
    put_function(info, sizeof info);
    start_at(BT_ARCH_X64, 0x1140, false, SP);
    stack64(SP + 0x20, 0xbb);
    stack64(SP + 0x28, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 0x30);
}

static void unknown_version_is_unsupported(void **state)
{
    (void)state;
    const uint8_t info[] = {0x03, 6, 2, 0, 6, 0x32, 2, 0x30};
    put_function(info, sizeof info);
    start_at(BT_ARCH_X64, 0x1140, false, SP);
    assert_int_equal(step(), BT_E_UNSUPPORTED);
}

static void function_without_entry_is_a_leaf(void **state)
{
    (void)state;
    put_function(push_and_alloc, sizeof push_and_alloc);
    start_at(BT_ARCH_X64, 0x1300, true, SP);
    stack64(SP, RETURN);
    assert_int_equal(step(), BT_OK);
    returned_to(RETURN, SP + 8);
}

static void operation_that_is_cut_off_is_corrupt(void **state)
{
    (void)state;
    const uint8_t info[] = {0x01, 7, 1, 0, 7, 0x11};
    put_function(info, sizeof info);
    start_at(BT_ARCH_X64, 0x1140, false, SP);
    assert_int_equal(step(), BT_E_CORRUPT);
}

static void stack_that_is_not_there_is_absent(void **state)
{
    (void)state;
    put_function(push_and_alloc, sizeof push_and_alloc);
    start_at(BT_ARCH_X64, 0x1140, false, SP);
    u.memory.hole = stack_va(SP + 0x28);
    u.memory.hole_end = stack_va(SP + 0x1000);
    assert_int_equal(step(), BT_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(body_undoes_the_whole_prolog),
        RUN(prolog_undoes_what_has_run),
        RUN(call_at_the_end_of_a_function_belongs_to_it),
        RUN(frame_register_survives_a_moving_stack),
        RUN(frame_register_that_is_not_known_is_absent),
        RUN(large_frames_of_both_forms),
        RUN(part_continues_with_its_parent),
        RUN(parts_that_are_their_own_parents_end),
        RUN(epilog_goes_on_where_it_is),
        RUN(epilog_counts_from_the_frame_register),
        RUN(jump_inside_a_function_is_no_epilog),
        RUN(interrupt_gives_where_the_processor_was),
        RUN(version_2_describes_epilogs_first),
        RUN(unknown_version_is_unsupported),
        RUN(function_without_entry_is_a_leaf),
        RUN(operation_that_is_cut_off_is_corrupt),
        RUN(stack_that_is_not_there_is_absent),
    };
    return cmocka_run_group_tests_name("unwind_x64", tests, NULL, NULL);
}
