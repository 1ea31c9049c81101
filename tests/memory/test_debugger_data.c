// SPDX-License-Identifier: MIT
#include "memory/debugger_data.h"

#include "test.h"

static void put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, (uint16_t)v);
    put16(p + 2, (uint16_t)(v >> 16));
}

static void put64(uint8_t *p, uint64_t v)
{
    put32(p, (uint32_t)v);
    put32(p + 4, (uint32_t)(v >> 32));
}

// A block as Windows 10 build 19041 for x64 fills it.
static void fill_block(uint8_t block[0x380])
{
    memset(block, 0, 0x380);
    memcpy(block + 0x10, "KDBG", 4);
    put32(block + 0x14, 0x380);
    put64(block + 0x18, UINT64_C(0xfffff80470600000));
    put64(block + 0x48, UINT64_C(0xfffff8047122a2d0));
    put16(block + 0x29e, 0x28);
    put16(block + 0x2a0, 0xb8);
    put16(block + 0x2a8, 0xa40);
    put16(block + 0x2aa, 0x550);
    put16(block + 0x2b0, 0xaf00);
    put16(block + 0x2b4, 0x8);
    put16(block + 0x2ba, 0x8590);
    put16(block + 0x2c0, 0x898);
    put32(block + 0x340, 0x30);
    put32(block + 0x344, 0x38);
}

static void fields_of_a_block_are_found(void **state)
{
    (void)state;
    uint8_t block[0x380];
    fill_block(block);
    struct bt_debugger_data d;
    const struct bt_span raw = {.data = block, .size = sizeof block};
    assert_int_equal(bt_debugger_data_decode(raw, true, &d, NULL), BT_OK);
    assert_int_equal(d.size, 0x380);
    assert_true(d.kernel_base == UINT64_C(0xfffff80470600000));
    assert_true(d.loaded_modules == UINT64_C(0xfffff8047122a2d0));
    assert_int_equal(d.thread_initial_stack.value, 0x28);
    assert_int_equal(d.thread_process.value, 0xb8);
    assert_int_equal(d.process_size.value, 0xa40);
    assert_int_equal(d.process_peb.value, 0x550);
    assert_int_equal(d.prcb_size.value, 0xaf00);
    assert_int_equal(d.prcb_current_thread.value, 8);
    assert_int_equal(d.prcb_vendor.value, 0x8590);
    assert_int_equal(d.thread_size.value, 0x898);
    assert_int_equal(d.thread_stack_limit.value, 0x30);
    assert_int_equal(d.thread_stack_base.value, 0x38);
    assert_false(d.prcb_context.known); // written as 0
}

static void fields_past_the_blocks_own_size_are_unknown(void **state)
{
    (void)state;
    uint8_t block[0x380];
    fill_block(block);
    put32(block + 0x14, 0x290); // Windows XP
    struct bt_debugger_data d;
    const struct bt_span raw = {.data = block, .size = sizeof block};
    assert_int_equal(bt_debugger_data_decode(raw, true, &d, NULL), BT_OK);
    assert_true(d.kernel_base != 0);
    assert_false(d.process_size.known);
    assert_false(d.thread_stack_base.known);
}

static void addresses_of_a_narrow_target_lose_their_sign(void **state)
{
    (void)state;
    uint8_t block[0x380];
    fill_block(block);
    put64(block + 0x18, UINT64_C(0xffffffff804d7000));
    struct bt_debugger_data d;
    const struct bt_span raw = {.data = block, .size = sizeof block};
    assert_int_equal(bt_debugger_data_decode(raw, false, &d, NULL), BT_OK);
    assert_true(d.kernel_base == 0x804d7000);
}

static void block_without_tag_is_corrupt(void **state)
{
    (void)state;
    uint8_t block[0x380];
    fill_block(block);
    block[0x10] ^= 0x5a;
    struct bt_debugger_data d;
    const struct bt_span raw = {.data = block, .size = sizeof block};
    const struct bt_span stub = {.data = block, .size = 0x17};
    assert_int_equal(bt_debugger_data_decode(raw, true, &d, NULL), BT_E_CORRUPT);
    assert_int_equal(bt_debugger_data_decode(stub, true, &d, NULL), BT_E_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_a_block_are_found),
        cmocka_unit_test(fields_past_the_blocks_own_size_are_unknown),
        cmocka_unit_test(addresses_of_a_narrow_target_lose_their_sign),
        cmocka_unit_test(block_without_tag_is_corrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
