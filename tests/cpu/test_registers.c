// SPDX-License-Identifier: MIT
#include "cpu/registers.h"

#include <stdlib.h>

#include "test.h"

enum { LARGEST = 0xa70 };

// Every 32-bit word of the record holds its own offset, so that a wrong offset shows.
static uint8_t record[LARGEST];

static void put32(size_t offset, uint32_t v)
{
    for (size_t i = 0; i < 4; i++)
        record[offset + i] = (uint8_t)(v >> 8 * i);
}

static struct bt_span make_record(size_t size)
{
    for (size_t i = 0; i < LARGEST; i += 4)
        put32(i, (uint32_t)i);
    return (struct bt_span){.data = record, .size = size};
}

static uint64_t wide(uint32_t offset)
{
    return offset | (uint64_t)(offset + 4) << 32;
}

static void x86_context_is_decoded(void **state)
{
    (void)state;
    struct bt_span raw = make_record(0x2cc);
    put32(0, 0x0001003f);
    struct bt_registers r;
    assert_int_equal(bt_context_decode(raw, BT_ARCH_X86, &r, NULL), BT_OK);
    assert_int_equal(r.ip, 0xb8);
    assert_int_equal(r.sp, 0xc4);
    assert_int_equal(r.fp, 0xb4);
    assert_int_equal(r.flags, 0xc0);
    assert_int_equal(r.cs, 0xbc);
    assert_int_equal(r.count, 8);
    assert_int_equal(r.valid, 0xff);
    const unsigned offsets[] = {0xb0, 0xac, 0xa8, 0xa4, 0xc4, 0xb4, 0xa0, 0x9c};
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(r.general[i], offsets[i]);
}

static void x64_context_is_decoded(void **state)
{
    (void)state;
    struct bt_span raw = make_record(0x4d0);
    put32(0x30, 0x0010001f);
    struct bt_registers r;
    assert_int_equal(bt_context_decode(raw, BT_ARCH_X64, &r, NULL), BT_OK);
    assert_true(r.ip == wide(0xf8));
    assert_true(r.sp == wide(0x98));
    assert_true(r.fp == wide(0xa0));
    assert_int_equal(r.flags, 0x44);
    assert_int_equal(r.count, 16);
    for (unsigned i = 0; i < 16; i++)
        assert_true(r.general[i] == wide(0x78 + 8 * i));
}

static void arm64_context_is_decoded(void **state)
{
    (void)state;
    struct bt_span raw = make_record(0x390);
    put32(0, 0x0040001f);
    struct bt_registers r;
    assert_int_equal(bt_context_decode(raw, BT_ARCH_ARM64, &r, NULL), BT_OK);
    assert_true(r.ip == wide(0x108));
    assert_true(r.sp == wide(0x100));
    assert_true(r.fp == wide(0xf0));
    assert_int_equal(r.count, 32);
    assert_true(r.general[17] == wide(8 + 8 * 17));
    assert_true(r.general[30] == wide(0xf8));
    assert_true(r.general[31] == r.sp);
}

static void arm_and_ia64_contexts_are_decoded(void **state)
{
    (void)state;
    struct bt_span raw = make_record(0x1a0);
    put32(0, 0x0020000f);
    struct bt_registers r;
    assert_int_equal(bt_context_decode(raw, BT_ARCH_ARM, &r, NULL), BT_OK);
    assert_int_equal(r.ip, 0x40);
    assert_int_equal(r.sp, 0x38);
    assert_int_equal(r.general[14], 0x3c);
    raw = make_record(0xa70);
    put32(0, 0x0008002f);
    assert_int_equal(bt_context_decode(raw, BT_ARCH_IA64, &r, NULL), BT_OK);
    assert_true(r.ip == wide(0xa18));
    assert_true(r.sp == wide(0x8d0));
    assert_int_equal(r.count, 0);
}

static void filler_is_no_context(void **state)
{
    (void)state;
    struct bt_registers r;
    for (size_t i = 0; i < LARGEST; i++)
        record[i] = (uint8_t) "PAGE"[i % 4];
    const struct bt_span raw = {.data = record, .size = LARGEST};
    assert_int_equal(bt_context_decode(raw, BT_ARCH_X86, &r, NULL), BT_ABSENT);
    assert_int_equal(bt_context_decode(raw, BT_ARCH_X64, &r, NULL), BT_ABSENT);
    assert_int_equal(bt_context_decode(raw, BT_ARCH_ARM64, &r, NULL), BT_ABSENT);
}

static void context_of_another_processor_is_absent(void **state)
{
    (void)state;
    struct bt_span raw = make_record(LARGEST);
    put32(0, 0x0001001f);
    put32(0x30, 0x0001001f);
    struct bt_registers r;
    assert_int_equal(bt_context_decode(raw, BT_ARCH_X64, &r, NULL), BT_ABSENT);
    assert_int_equal(bt_context_decode(raw, BT_ARCH_ALPHA, &r, NULL), BT_E_UNSUPPORTED);
    raw.size = 0x2cb;
    assert_int_equal(bt_context_decode(raw, BT_ARCH_X86, &r, NULL), BT_E_TRUNCATED);
}

static void x64_trap_frame_holds_volatile_registers(void **state)
{
    (void)state;
    struct bt_span raw = make_record(0x190);
    struct bt_registers r;
    assert_int_equal(
        bt_trap_frame_decode(raw, UINT64_C(0xfffff80311a8b158), BT_ARCH_X64, &r, NULL), BT_OK);
    assert_true(r.ip == wide(0x168));
    assert_true(r.sp == wide(0x180));
    assert_true(r.fp == wide(0x158));
    assert_int_equal(r.cs, 0x170);
    assert_true(r.general[0] == wide(0x30));
    assert_true(r.general[11] == wide(0x60));
    // rax rcx rdx rsp rbp r8..r11
    assert_int_equal(r.valid, 0x0f37);
}

static void x86_kernel_trap_frame_ends_where_the_stack_goes_on(void **state)
{
    (void)state;
    struct bt_span raw = make_record(0x8c);
    put32(0x6c, 0x08);  // kernel code segment
    put32(0x70, 0x202); // eflags
    struct bt_registers r;
    assert_int_equal(bt_trap_frame_decode(raw, 0xf7a13c40, BT_ARCH_X86, &r, NULL), BT_OK);
    assert_int_equal(r.ip, 0x68);
    assert_int_equal(r.sp, 0xf7a13c40 + 0x74);
    assert_int_equal(r.general[4], r.sp);
    assert_int_equal(r.general[3], 0x5c);
    put32(0x6c, 0x1b); // user code segment: esp was pushed
    assert_int_equal(bt_trap_frame_decode(raw, 0xf7a13c40, BT_ARCH_X86, &r, NULL), BT_OK);
    assert_int_equal(r.sp, 0x74);
}

static void registers_have_names(void **state)
{
    (void)state;
    assert_string_equal(bt_register_name(BT_ARCH_X64, 15), "r15");
    assert_null(bt_register_name(BT_ARCH_X64, 16));
    assert_string_equal(bt_register_name(BT_ARCH_X86, 4), "esp");
    assert_string_equal(bt_register_name(BT_ARCH_ARM64, 17), "x17");
    assert_string_equal(bt_register_name(BT_ARCH_ARM64, 31), "sp");
    assert_null(bt_register_name(BT_ARCH_IA64, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x86_context_is_decoded),
        cmocka_unit_test(x64_context_is_decoded),
        cmocka_unit_test(arm64_context_is_decoded),
        cmocka_unit_test(arm_and_ia64_contexts_are_decoded),
        cmocka_unit_test(filler_is_no_context),
        cmocka_unit_test(context_of_another_processor_is_absent),
        cmocka_unit_test(x64_trap_frame_holds_volatile_registers),
        cmocka_unit_test(x86_kernel_trap_frame_ends_where_the_stack_goes_on),
        cmocka_unit_test(registers_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
