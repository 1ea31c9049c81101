// SPDX-License-Identifier: MIT
#include "stack/unwind.h"

#include "array_memory.h"
#include "test.h"

enum { STACK = 0x8000000, SIZE = 0x1000, EBX = 3, ESP = 4, EBP = 5 };

static uint8_t bytes[SIZE];
static struct array_memory memory;
static struct bt_unwind_frame frame;

static int set_up(void **state)
{
    (void)state;
    memset(bytes, 0, sizeof bytes);
    memory = array_memory(STACK, bytes, sizeof bytes, false);
    frame = (struct bt_unwind_frame){.exact = true};
    frame.registers = (struct bt_registers){
        .arch = BT_ARCH_X86, .ip = 0x80401000, .sp = STACK + 0x40, .fp = STACK + 0x80};
    frame.registers.valid = 0xff;
    return 0;
}

static void put32(size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        bytes[at + i] = (uint8_t)(value >> (8 * i));
}

static enum bt_status step(void)
{
    return bt_unwind_frame_pointer(&memory.memory, &frame, NULL);
}

static void chain_leads_up_to_its_end(void **state)
{
    (void)state;
    put32(0x80, STACK + 0x100);
    put32(0x84, 0x80402222);
    put32(0x100, 0);
    put32(0x104, 0x80403333);
    assert_int_equal(step(), BT_OK);
    assert_int_equal(frame.registers.ip, 0x80402222);
    assert_int_equal(frame.registers.sp, STACK + 0x88);
    assert_int_equal(frame.registers.fp, STACK + 0x100);
    assert_false(frame.exact);
    assert_int_equal(frame.registers.valid & 7, 0); // eax, ecx, edx
    assert_int_equal(step(), BT_OK);
    assert_int_equal(frame.registers.ip, 0x80403333);
    assert_int_equal(step(), BT_ABSENT);
}

static void chain_that_does_not_go_up_ends(void **state)
{
    (void)state;
    put32(0x80, STACK + 0x80);
    put32(0x84, 0x80402222);
    assert_int_equal(step(), BT_ABSENT);
    put32(0x80, STACK + 0x60);
    assert_int_equal(step(), BT_ABSENT);
    frame.registers.fp = STACK + 0x20; // below the stack pointer
    assert_int_equal(step(), BT_ABSENT);
    frame.registers.fp = STACK + 0x82; // not aligned
    assert_int_equal(step(), BT_ABSENT);
}

// KTRAP_FRAME: ebp, eip and a mark first, so that it looks like a frame.
static void trap_frame_gives_what_was_interrupted(void **state)
{
    (void)state;
    put32(0x80 + 0x00, STACK + 0x300);
    put32(0x80 + 0x04, 0x80409999);
    put32(0x80 + 0x08, 0xbadb0d00);
    put32(0x80 + 0x44, 0xaaaa); // eax
    put32(0x80 + 0x5c, 0xbbbb); // ebx
    put32(0x80 + 0x60, STACK + 0x300);
    put32(0x80 + 0x68, 0x80409999); // eip
    put32(0x80 + 0x6c, 8);
    assert_int_equal(step(), BT_OK);
    assert_true(frame.exact);
    assert_int_equal(frame.registers.ip, 0x80409999);
    assert_int_equal(frame.registers.fp, STACK + 0x300);
    // From kernel mode the processor pushes no stack pointer: the stack went on there.
    assert_int_equal(frame.registers.sp, STACK + 0x80 + 0x74);
    assert_int_equal(frame.registers.general[EBX], 0xbbbb);
}

static void stack_that_is_not_there_is_absent(void **state)
{
    (void)state;
    frame.registers.fp = STACK + SIZE - 4;
    assert_int_equal(step(), BT_ABSENT);
}

static void arm64_frames_hold_signed_addresses(void **state)
{
    (void)state;
    memory.memory.is64 = true;
    frame.registers.arch = BT_ARCH_ARM64;
    put32(0x80, STACK + 0x100);
    put32(0x88, 0x12345678);
    put32(0x8c, 0x7a3ff800);
    assert_int_equal(step(), BT_OK);
    assert_int_equal(frame.registers.ip, UINT64_C(0xfffff80012345678));
    assert_int_equal(frame.registers.sp, STACK + 0x90);
    assert_int_equal(frame.registers.general[31], STACK + 0x90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(chain_leads_up_to_its_end, set_up),
        cmocka_unit_test_setup(chain_that_does_not_go_up_ends, set_up),
        cmocka_unit_test_setup(trap_frame_gives_what_was_interrupted, set_up),
        cmocka_unit_test_setup(stack_that_is_not_there_is_absent, set_up),
        cmocka_unit_test_setup(arm64_frames_hold_signed_addresses, set_up),
    };
    return cmocka_run_group_tests_name("unwind_frame_pointer", tests, NULL, NULL);
}
