// SPDX-License-Identifier: MIT
#include "windows/processors.h"

#include "kernel_array.h"

enum { BLOCKS = 0x100, CONTEXT_POINTER = 0x80, THREAD = 8, FIRST = 0x1000, EACH = 0x1000 };

static struct kernel_array k;
static struct bt_debugger_data block;

static int tear_down(void **state)
{
    (void)state;
    kernel_fini(&k);
    return 0;
}

// An x64 CONTEXT with rip, rsp and the first arguments.
static void put_context(size_t at, bt_va rip, bt_va rsp, uint64_t rcx, uint64_t rdx)
{
    kernel_put(&k, at + 0x30, 0x10001f, 4);
    kernel_put(&k, at + 0xf8, rip, 8);
    kernel_put(&k, at + 0x98, rsp, 8);
    kernel_put(&k, at + 0x80, rcx, 8);
    kernel_put(&k, at + 0x88, rdx, 8);
}

// Two processors, of which the second stops the system.
static void put_processors(void)
{
    kernel_init(&k, true);
    k.crash.system.processors = bt_some32(2);
    k.crash.stop = (struct bt_stop){.present = true, .raw = 0xd6, .parameters = {0x4a2000}};
    block = (struct bt_debugger_data){.processor_blocks = k.base + BLOCKS,
                                      .prcb_current_thread = bt_some32(THREAD),
                                      .prcb_context = bt_some32(CONTEXT_POINTER)};
    for (size_t i = 0; i < 2; i++) {
        size_t at = FIRST + i * EACH;
        kernel_pointer(&k, BLOCKS + i * 8, k.base + at);
        kernel_pointer(&k, at + THREAD, k.base + 0x8000 + i * 0x100);
        kernel_pointer(&k, at + CONTEXT_POINTER, k.base + at + 0x400);
        put_context(at + 0x400, k.base + 0x2000 + i, k.base + 0x9000 + i * 0x100,
                    i == 1 ? 0xd6 : 0, i == 1 ? 0x4a2000 : 7);
    }
}

static struct bt_processors read_processors(void)
{
    struct bt_processors processors;
    assert_int_equal(
        bt_processors_read(&k.memory.memory, &block, &k.crash, k.arena, &processors, NULL),
        BT_OK);
    return processors;
}

static void control_blocks_lead_to_contexts(void **state)
{
    (void)state;
    put_processors();
    struct bt_processors p = read_processors();
    assert_int_equal(p.count, 2);
    assert_int_equal(p.items[1].index, 1);
    assert_int_equal(p.items[1].thread, k.base + 0x8100);
    assert_true(p.items[1].has_context);
    assert_int_equal(p.items[1].context.ip, k.base + 0x2001);
}

static void arguments_of_the_stop_tell_the_crashing_one(void **state)
{
    (void)state;
    put_processors();
    struct bt_processors p = read_processors();
    assert_ptr_equal(bt_processors_crashing(&p, &k.memory.memory, &k.crash, NULL), &p.items[1]);
}

static void stack_pointer_of_the_header_is_proof(void **state)
{
    (void)state;
    put_processors();
    struct bt_processors p = read_processors();
    const struct bt_registers header = {.arch = BT_ARCH_X64, .sp = k.base + 0x9000};
    assert_ptr_equal(bt_processors_crashing(&p, &k.memory.memory, &k.crash, &header),
                     &p.items[0]);
}

static void nothing_tells_between_idle_processors(void **state)
{
    (void)state;
    put_processors();
    k.crash.stop.raw = 0x1e;
    k.crash.stop.parameters[0] = 5;
    struct bt_processors p = read_processors();
    assert_null(bt_processors_crashing(&p, &k.memory.memory, &k.crash, NULL));
}

static void array_of_processors_ends_where_memory_does(void **state)
{
    (void)state;
    put_processors();
    k.crash.system.processors = bt_some32(0xffffffff);
    block.processor_blocks = k.base + KERNEL_SIZE - 8;
    kernel_pointer(&k, KERNEL_SIZE - 8, k.base + FIRST);
    assert_int_equal(read_processors().count, 1);
}

static void older_versions_keep_the_context_in_the_block(void **state)
{
    (void)state;
    put_processors();
    block.prcb_context = (struct bt_opt32){0};
    block.prcb_state = bt_some32(0x400);
    struct bt_processors p = read_processors();
    assert_true(p.items[0].has_context);
    assert_int_equal(p.items[0].context.sp, k.base + 0x9000);
}

// Only one of two is in the dump: it may be the other one that stopped the system.
static void lone_processor_of_several_needs_the_stack(void **state)
{
    (void)state;
    put_processors();
    k.crash.system.arch = BT_ARCH_X64;
    k.crash.system.build = bt_some32(9600);
    kernel_pointer(&k, BLOCKS + 8, 0);
    kernel_pointer(&k, 0x8000 + 0x30, k.base + 0xa000); // of its thread's stack: the limit
    kernel_pointer(&k, 0x8000 + 0x38, k.base + 0xb000); // and the base
    struct bt_processors p = read_processors();
    assert_int_equal(p.count, 1);
    const struct bt_registers elsewhere = {.arch = BT_ARCH_X64, .sp = k.base + 0xb000};
    const struct bt_registers inside = {.arch = BT_ARCH_X64, .sp = k.base + 0xafe0};
    assert_null(bt_processors_crashing(&p, &k.memory.memory, &k.crash, NULL));
    assert_null(bt_processors_crashing(&p, &k.memory.memory, &k.crash, &elsewhere));
    assert_ptr_equal(bt_processors_crashing(&p, &k.memory.memory, &k.crash, &inside),
                     &p.items[0]);
    k.crash.system.processors = bt_some32(1);
    assert_ptr_equal(bt_processors_crashing(&p, &k.memory.memory, &k.crash, NULL), &p.items[0]);
}

// The header does not tell how many processors there are: the array ends with a zero, or with
// what is no control block, or where one comes again.
static void array_tells_how_many_where_the_header_does_not(void **state)
{
    (void)state;
    put_processors();
    k.crash.system.processors = (struct bt_opt32){0};
    assert_int_equal(read_processors().count, 2);
    kernel_pointer(&k, BLOCKS + 16, k.base + FIRST);
    assert_int_equal(read_processors().count, 2);
    kernel_pointer(&k, BLOCKS + 16, k.base + 0xf000);
    assert_int_equal(read_processors().count, 2);
}

static void stack_of_a_thread_tells_its_processor(void **state)
{
    (void)state;
    put_processors();
    k.crash.system.arch = BT_ARCH_X64;
    k.crash.system.build = bt_some32(9600);
    for (size_t i = 0; i < 2; i++) {
        kernel_pointer(&k, 0x8000 + i * 0x100 + 0x30, k.base + 0xa000 + i * 0x1000);
        kernel_pointer(&k, 0x8000 + i * 0x100 + 0x38, k.base + 0xb000 + i * 0x1000);
    }
    const struct bt_registers second = {.arch = BT_ARCH_X64, .sp = k.base + 0xbf00};
    const struct bt_registers first = {.arch = BT_ARCH_X64, .sp = k.base + 0xaf00};
    struct bt_processors p = read_processors();
    assert_ptr_equal(bt_processors_crashing(&p, &k.memory.memory, &k.crash, &second),
                     &p.items[1]);
    assert_ptr_equal(bt_processors_crashing(&p, &k.memory.memory, &k.crash, &first),
                     &p.items[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(control_blocks_lead_to_contexts, tear_down),
        cmocka_unit_test_teardown(arguments_of_the_stop_tell_the_crashing_one, tear_down),
        cmocka_unit_test_teardown(stack_pointer_of_the_header_is_proof, tear_down),
        cmocka_unit_test_teardown(nothing_tells_between_idle_processors, tear_down),
        cmocka_unit_test_teardown(array_of_processors_ends_where_memory_does, tear_down),
        cmocka_unit_test_teardown(older_versions_keep_the_context_in_the_block, tear_down),
        cmocka_unit_test_teardown(array_tells_how_many_where_the_header_does_not, tear_down),
        cmocka_unit_test_teardown(stack_of_a_thread_tells_its_processor, tear_down),
        cmocka_unit_test_teardown(lone_processor_of_several_needs_the_stack, tear_down),
    };
    return cmocka_run_group_tests_name("processors", tests, NULL, NULL);
}
