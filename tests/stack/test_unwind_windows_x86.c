// SPDX-License-Identifier: MIT
#include "stack/unwind_windows_x86.h"

#include "array_memory.h"
#include "test.h"

enum { STACK = 0x12f000, CODE = 0x401000 };

static uint8_t bytes[0x200];
static struct array_memory memory;
static struct bt_module module = {.name = "app.exe", .base = 0x400000, .size = 0x10000};
static struct bt_crash crash = {.modules = &module, .module_count = 1};
static struct bt_unwind_frame frame;

static void put32(size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        bytes[at + i] = (uint8_t)(value >> (8 * i));
}

static int set_up(void **state)
{
    (void)state;
    memset(bytes, 0, sizeof bytes);
    memory = array_memory(STACK, bytes, sizeof bytes, false);
    crash.system.arch = BT_ARCH_X86;
    frame = (struct bt_unwind_frame){.exact = true};
    frame.registers = (struct bt_registers){
        .arch = BT_ARCH_X86, .ip = CODE, .sp = STACK + 0x10, .fp = 0x55555555, .count = 8};
    frame.registers.general[3] = 0xbbbb;
    frame.registers.valid = 0xff;
    return 0;
}

static enum bt_status step(const struct bt_windows_frame *layout, uint32_t callee_parameters)
{
    return bt_unwind_windows_x86(&crash, &memory.memory, layout, callee_parameters, &frame,
                                 NULL);
}

// 8 bytes of the callee's parameters, ebx and ebp saved, 0x10 bytes of locals, the return
// address.
static void sizes_lead_to_the_return_address(void **state)
{
    (void)state;
    const struct bt_windows_frame layout = {
        .described = true, .saved_registers = 8, .locals = 0x10};
    put32(0x10 + 8 + 8 + 0x10, 0x402345);
    assert_int_equal(step(&layout, 8), BT_OK);
    assert_int_equal(frame.registers.ip, 0x402345);
    assert_int_equal(frame.registers.sp, STACK + 0x10 + 0x24);
    assert_int_equal(frame.registers.fp, 0x55555555);
    assert_int_equal(frame.registers.general[3], 0xbbbb);
    assert_false(frame.exact);
}

static void saved_ebp_is_found_among_the_saved_registers(void **state)
{
    (void)state;
    const struct bt_windows_frame layout = {
        .described = true, .saved_registers = 8, .locals = 0x10, .uses_ebp = true};
    put32(0x10 + 8 - 8, STACK + 0x100); // pushed as the last but one
    put32(0x10 + 8 + 0x10, 0x402345);
    assert_int_equal(step(&layout, 0), BT_OK);
    assert_int_equal(frame.registers.ip, 0x402345);
    assert_int_equal(frame.registers.fp, STACK + 0x100);
}

static void program_gives_the_registers_of_the_caller(void **state)
{
    (void)state;
    const struct bt_windows_frame layout = {
        .described = true,
        .saved_registers = 8,
        .locals = 4,
        .program = "$T0 .raSearch = $eip $T0 ^ = $esp $T0 4 + = $ebp $T0 4 - ^ = "
                   "$ebx $T0 8 - ^ = $P $T0 8 + .cbParams +"};
    put32(0x10 + 4, 0xb0b0);
    put32(0x10 + 8, STACK + 0x80);
    put32(0x10 + 12, 0x402345);
    assert_int_equal(step(&layout, 0), BT_OK);
    assert_int_equal(frame.registers.ip, 0x402345);
    assert_int_equal(frame.registers.sp, STACK + 0x20);
    assert_int_equal(frame.registers.fp, STACK + 0x80);
    assert_int_equal(frame.registers.general[3], 0xb0b0);
    assert_int_equal(frame.registers.valid, 1u << 3 | 1u << 4 | 1u << 5);
}

static void aligned_stack_is_left_by_ebp(void **state)
{
    (void)state;
    const struct bt_windows_frame layout = {
        .described = true,
        .locals = 0x40,
        .program = "$T0 .raSearchStart = $T1 $T0 4 - 16 @ = $eip $T0 ^ = $esp $T0 4 + ="};
    frame.registers.fp = STACK + 0x94;
    put32(0x98, 0x402345);
    assert_int_equal(step(&layout, 0), BT_OK);
    assert_int_equal(frame.registers.ip, 0x402345);
    assert_int_equal(frame.registers.sp, STACK + 0x9c);
}

static void return_address_is_looked_for_a_little_further_up(void **state)
{
    (void)state;
    const struct bt_windows_frame layout = {.described = true, .locals = 4};
    put32(0x14, 0x33333333); // in no module
    put32(0x18, 0x402345);
    assert_int_equal(step(&layout, 0), BT_OK);
    assert_int_equal(frame.registers.ip, 0x402345);
    assert_int_equal(frame.registers.sp, STACK + 0x1c);
}

static void program_that_fails_gives_nothing(void **state)
{
    (void)state;
    static const char *const programs[] = {"",
                                           "$eip",
                                           "$eip = =",
                                           "$eip 4 0 / =",
                                           "$eip $nowhere ^ = $esp 4 =",
                                           "= = = =",
                                           "$eip 99999999999999999999 = $esp 4 =",
                                           "$eip 3 7 @ = $esp 4 =",
                                           "$eip 1 ="};
    char deep[256];
    for (size_t i = 0; i + 2 < sizeof deep; i += 2)
        memcpy(deep + i, "1 ", 3);
    struct bt_windows_frame layout = {.described = true};
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        layout.program = programs[i];
        assert_int_equal(step(&layout, 0), BT_ABSENT);
    }
    layout.program = deep;
    assert_int_equal(step(&layout, 0), BT_ABSENT);
    assert_int_equal(frame.registers.ip, CODE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sizes_lead_to_the_return_address, set_up),
        cmocka_unit_test_setup(saved_ebp_is_found_among_the_saved_registers, set_up),
        cmocka_unit_test_setup(program_gives_the_registers_of_the_caller, set_up),
        cmocka_unit_test_setup(aligned_stack_is_left_by_ebp, set_up),
        cmocka_unit_test_setup(return_address_is_looked_for_a_little_further_up, set_up),
        cmocka_unit_test_setup(program_that_fails_gives_nothing, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
