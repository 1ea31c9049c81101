// SPDX-License-Identifier: MIT
//
// A deferred procedure call on a stack of its own, above that of the thread it interrupted.
#include "stack/stack.h"
#include "unwind_array.h"

enum {
    THREAD = 0x100, // the thread's stack, in the array's
    THREAD_END = 0x2000,
    DPC = 0x7000, // where the DPC's frames begin
    DPC_END = 0x8000,
    ROUTINE = 0x1100,
    SWITCHER = 0x1200,
    INTERRUPTED = 0x1300,
    FUNCTION_SIZE = 0x80,
};

// push rbp; sub rsp, 20h
static const uint8_t routine[] = {0x01, 5, 2, 0, 5, 0x32, 1, 0x50};
// push rbp; sub rsp, 20h; lea rbp, [rsp+20h]; then rsp is set to another stack
static const uint8_t switcher[] = {0x01, 10, 3, 0x25, 10, 0x03, 5, 0x32, 1, 0x50};
// what the processor pushes when it is interrupted
static const uint8_t interrupt_entry[] = {0x01, 0, 1, 0, 0, 0x0a};

static struct bt_module module;
static struct bt_crash crash;

static void put_entry(unsigned index, uint32_t begin, const uint8_t *info, size_t size)
{
    const size_t at = 0x4000 + 12 * (size_t)index;
    const uint32_t unwind = 0x4100 + 0x40 * index;
    fake_put(&u.fake, at, begin, 4);
    fake_put(&u.fake, at + 4, begin + FUNCTION_SIZE, 4);
    fake_put(&u.fake, at + 8, unwind, 4);
    put_code(unwind, info, size);
}

// A kernel whose middle function changes stacks in one of the two ways.
static void put_kernel(const uint8_t *middle, size_t size)
{
    fake_directory(&u.fake, 3, 0x4000, 36);
    put_entry(0, ROUTINE, routine, sizeof routine);
    put_entry(1, SWITCHER, middle, size);
    put_entry(2, INTERRUPTED, routine, sizeof routine);
    start_at(BT_ARCH_X64, ROUTINE + 0x40, true, DPC);
}

static size_t walk(bool joins, struct bt_frame **ret)
{
    size_t count = 0;
    module = (struct bt_module){.name = "nt", .base = BASE, .size = FAKE_IMAGE_SIZE};
    crash = (struct bt_crash){
        .stop = {.present = true},
        .modules = &module,
        .module_count = 1,
        .stack = {.limit = stack_va(THREAD), .base = stack_va(THREAD_END)},
    };
    crash.system.arch = BT_ARCH_X64;
    crash.system.platform = BT_PLATFORM_WINDOWS;
    struct bt_stack_input input = {
        .memory = &u.memory.memory, .registers = &u.frame.registers, .joins_thread = joins};
    assert_int_equal(bt_stack_walk(&input, &crash, u.arena, ret, &count, NULL), BT_OK);
    return count;
}

static void expect_frame(const struct bt_frame *f, uint32_t rva, enum bt_trust trust,
                         bool interrupted, bool other_stack)
{
    assert_int_equal(f->address, BASE + rva);
    assert_int_equal(f->trust, trust);
    assert_int_equal(f->interrupted, interrupted);
    assert_int_equal(f->other_stack, other_stack);
}

static void frame_register_leads_down_to_the_interrupted_stack(void **state)
{
    (void)state;
    struct bt_frame *frames;
    put_kernel(switcher, sizeof switcher);
    stack64(DPC + 0x20, stack_va(THREAD + 0x720)); // rbp, as the switcher left it
    stack64(DPC + 0x28, BASE + SWITCHER + 0x40);
    stack64(THREAD + 0x728, BASE + INTERRUPTED + 0x40);
    assert_int_equal(walk(false, &frames), 3);
    expect_frame(&frames[0], ROUTINE + 0x40, BT_TRUST_CONTEXT, false, false);
    expect_frame(&frames[1], SWITCHER + 0x40, BT_TRUST_CFI, false, false);
    expect_frame(&frames[2], INTERRUPTED + 0x40, BT_TRUST_CFI, false, true);
}

static void machine_frame_leads_down_and_says_what_was_interrupted(void **state)
{
    (void)state;
    struct bt_frame *frames;
    put_kernel(interrupt_entry, sizeof interrupt_entry);
    stack64(DPC + 0x28, BASE + SWITCHER + 0x40);
    stack64(DPC + 0x30, BASE + INTERRUPTED + 0x44); // rip, cs, eflags, rsp, ss
    stack64(DPC + 0x38, 0x10);
    stack64(DPC + 0x48, stack_va(THREAD + 0x400));
    assert_int_equal(walk(false, &frames), 3);
    expect_frame(&frames[1], SWITCHER + 0x40, BT_TRUST_CFI, false, false);
    expect_frame(&frames[2], INTERRUPTED + 0x44, BT_TRUST_CFI, true, true);
}

// No tables: the code of the images is not in the dump.
static size_t walk_without_tables(bool joins, struct bt_frame **ret)
{
    start_at(BT_ARCH_X64, ROUTINE + 0x40, true, DPC);
    memset(u.bytes, 0, STACK);
    stack64(DPC + 0x28, BASE + SWITCHER + 0x41);
    stack64(DPC + 0x80, stack_va(THREAD + 0x300)); // deeper: not the one
    stack64(DPC_END - 0x10, stack_va(THREAD + 0x700));
    stack64(THREAD + 0x310, BASE + ROUTINE + 0x41); // older than what was interrupted
    stack64(THREAD + 0x728, BASE + INTERRUPTED + 0x41);
    // Code that cannot be read leaves only the address to judge by.
    u.memory = array_memory(BASE + STACK, u.bytes + STACK, ARRAY_SIZE - STACK, true);
    return walk(joins, ret);
}

static void highest_pointer_into_the_thread_joins_its_stack(void **state)
{
    (void)state;
    struct bt_frame *frames;
    assert_int_equal(walk_without_tables(true, &frames), 3);
    expect_frame(&frames[1], SWITCHER + 0x41, BT_TRUST_SCAN, false, false);
    expect_frame(&frames[2], INTERRUPTED + 0x41, BT_TRUST_SCAN, false, true);
}

static void stack_of_another_thread_is_not_joined(void **state)
{
    (void)state;
    struct bt_frame *frames;
    assert_int_equal(walk_without_tables(false, &frames), 2);
}

int main(void)
{

    const struct CMUnitTest tests[] = {
        RUN(frame_register_leads_down_to_the_interrupted_stack),
        RUN(machine_frame_leads_down_and_says_what_was_interrupted),
        RUN(highest_pointer_into_the_thread_joins_its_stack),
        RUN(stack_of_another_thread_is_not_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
