// SPDX-License-Identifier: MIT
#include "windows/debugger_block.h"

#include "fake_image.h"
#include "kernel_array.h"
#include "memory/debugger_data.h"

enum { BLOCK = 0x5800, BLOCK_SIZE = 0x360 };

static struct kernel_array k;
static struct bt_debugger_hints hints;

static int tear_down(void **state)
{
    (void)state;
    kernel_fini(&k);
    return 0;
}

// A kernel image with a writable section at 0x5000, and the block in it.
static void put_block(bool is64)
{
    static struct fake_image fake;
    kernel_init(&k, is64);
    fake_image_init(&fake, is64);
    fake_section(&fake, 4, ".data", 0x5000, 0x1000, 0xc0000040);
    memcpy(k.bytes, fake.bytes, sizeof fake.bytes);
    const uint64_t sign = is64 ? 0 : UINT64_C(0xffffffff00000000);
    hints = (struct bt_debugger_hints){
        .block = k.base + BLOCK, .kernel_base = k.base, .loaded_modules = k.base + 0x5100};
    kernel_put(&k, BLOCK + 0x10, 0x4742444b, 4);
    kernel_put(&k, BLOCK + 0x14, BLOCK_SIZE, 4);
    kernel_put(&k, BLOCK + 0x18, k.base | sign, 8);
    kernel_put(&k, BLOCK + 0x48, hints.loaded_modules | sign, 8);
    kernel_put(&k, BLOCK + 0x88, (k.base + 0x5200) | sign, 8);
    kernel_put(&k, BLOCK + 0x338, 0x5980, 2);
}

static struct bt_debugger_data found(enum bt_status expected)
{
    struct bt_debugger_block raw = {0};
    struct bt_debugger_data block = {0};
    assert_int_equal(bt_debugger_block_find(&k.memory.memory, &hints, k.arena, &raw, NULL),
                     expected);
    if (expected == BT_OK)
        assert_int_equal(bt_debugger_data_decode(raw.raw, k.word == 8, &block, NULL), BT_OK);
    return block;
}

static void block_stands_where_the_header_says(void **state)
{
    (void)state;
    put_block(true);
    assert_int_equal(found(BT_OK).bugcheck_data, k.base + 0x5200);
}

static void block_is_found_in_the_data_of_the_kernel(void **state)
{
    (void)state;
    for (unsigned wide = 0; wide < 2; wide++) {
        put_block(wide);
        hints.block = 0;
        assert_int_equal(found(BT_OK).bugcheck_data, k.base + 0x5200);
        hints.block = k.base + 0x3000; // a wrong address
        assert_int_equal(found(BT_OK).loaded_modules, k.base + 0x5100);
        if (wide == 0)
            kernel_fini(&k);
    }
}

static void tag_without_the_base_of_the_kernel_is_no_block(void **state)
{
    (void)state;
    put_block(true);
    hints.block = 0;
    kernel_put(&k, BLOCK + 0x18, k.base + 0x1000, 8);
    found(BT_ABSENT);
}

// The transformation as Windows applies it.
static uint64_t scramble(uint64_t word, uint64_t never, uint64_t always, bt_va address)
{
    uint64_t x = __builtin_bswap64(word ^ always) ^ address;
    unsigned count = never & 63;
    x = count == 0 ? x : x >> count | x << (64 - count);
    return x ^ never;
}

static void scramble_block(uint64_t never, uint64_t always)
{
    for (size_t i = 0; i < BT_DEBUGGER_DATA_SIZE; i += 8) {
        uint64_t word = bt_le64(k.bytes + BLOCK + i);
        kernel_put(&k, BLOCK + i, scramble(word, never, always, UINT64_C(0xfffff800004ab0c4)),
                   8);
    }
}

static void scrambled_block_is_read_without_its_keys(void **state)
{
    (void)state;
    const uint64_t keys[][2] = {
        {UINT64_C(0x9df1f9b1b0b56b1a), UINT64_C(0x00fa7b5e8c2d3f4e)},
        {UINT64_C(0x1234567890abcdc0), UINT64_C(0xfedcba9876543210)}, // rotation by 0
        {UINT64_C(0xffffffffffffffff), 0},
    };
    for (size_t i = 0; i < BT_COUNT(keys); i++) {
        put_block(true);
        scramble_block(keys[i][0], keys[i][1]);
        struct bt_debugger_data block = found(BT_OK);
        assert_int_equal(block.size, BLOCK_SIZE);
        assert_int_equal(block.kernel_base, k.base);
        assert_int_equal(block.bugcheck_data, k.base + 0x5200);
        assert_int_equal(block.prcb_context.value, 0x5980);
        if (i + 1 < BT_COUNT(keys))
            kernel_fini(&k);
    }
}

static void scrambled_block_needs_the_kernel(void **state)
{
    (void)state;
    put_block(true);
    scramble_block(UINT64_C(0x9df1f9b1b0b56b1a), UINT64_C(0x00fa7b5e8c2d3f4e));
    hints.kernel_base += 0x1000;
    found(BT_ABSENT);
}

static void scrambled_block_is_found_in_the_data_of_the_kernel(void **state)
{
    (void)state;
    const struct bt_debugger_hints known[] = {
        {.loaded_modules = 0x5100, .block = 0x3000}, // elsewhere
        {.loaded_modules = 0x5100},
        {.loaded_modules = 0},      // the base of the kernel and the tag must do
        {.loaded_modules = 0x9f08}, // a list that is none
    };
    for (size_t i = 0; i < BT_COUNT(known); i++) {
        put_block(true);
        scramble_block(UINT64_C(0x9df1f9b1b0b56b1a), UINT64_C(0x00fa7b5e8c2d3f4e));
        hints.block = known[i].block != 0 ? k.base + known[i].block : 0;
        hints.loaded_modules =
            known[i].loaded_modules != 0 ? k.base + known[i].loaded_modules : 0;
        struct bt_debugger_data block = found(BT_OK);
        assert_int_equal(block.loaded_modules, k.base + 0x5100);
        assert_int_equal(block.prcb_context.value, 0x5980);
        if (i + 1 < BT_COUNT(known))
            kernel_fini(&k);
    }
}

static void scrambled_block_is_solved_by_one_list(void **state)
{
    (void)state;
    put_block(true);
    kernel_put(&k, BLOCK + 0x50, k.base + 0x5140, 8);
    scramble_block(UINT64_C(0x1234567890abcdef), UINT64_C(0xfedcba9876543210));
    hints = (struct bt_debugger_hints){.block = k.base + BLOCK,
                                       .active_processes = k.base + 0x5140};
    assert_int_equal(found(BT_OK).kernel_base, k.base);
    hints.active_processes = 0; // nothing but its size
    assert_int_equal(found(BT_OK).loaded_modules, k.base + 0x5100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(block_stands_where_the_header_says, tear_down),
        cmocka_unit_test_teardown(block_is_found_in_the_data_of_the_kernel, tear_down),
        cmocka_unit_test_teardown(tag_without_the_base_of_the_kernel_is_no_block, tear_down),
        cmocka_unit_test_teardown(scrambled_block_is_read_without_its_keys, tear_down),
        cmocka_unit_test_teardown(scrambled_block_needs_the_kernel, tear_down),
        cmocka_unit_test_teardown(scrambled_block_is_found_in_the_data_of_the_kernel,
                                  tear_down),
        cmocka_unit_test_teardown(scrambled_block_is_solved_by_one_list, tear_down),
    };
    return cmocka_run_group_tests_name("debugger_block", tests, NULL, NULL);
}
