// SPDX-License-Identifier: MIT
#include "stack/stack.h"

#include "memory/regions.h"
#include "test.h"

static uint8_t stack_bytes[0x4000];

static enum bt_status read_stack(void *self, uint64_t offset, void *buf, size_t size,
                                 struct bt_error *err)
{
    (void)self;
    (void)err;
    if (offset > sizeof stack_bytes || size > sizeof stack_bytes - offset)
        return BT_E_TRUNCATED;
    memcpy(buf, stack_bytes + offset, size);
    return BT_OK;
}

static void put64(size_t at, uint64_t value)
{
    for (size_t i = 0; i < 8; i++)
        stack_bytes[at + i] = (uint8_t)(value >> (8 * i));
}

struct fixture {
    struct bt_arena *arena;
    struct bt_regions *regions;
    struct bt_module modules[2];
    struct bt_crash crash;
};

static void set_up(struct fixture *f)
{
    struct bt_reader reader = {.read = read_stack};
    memset(stack_bytes, 0, sizeof stack_bytes);
    *f = (struct fixture){.arena = bt_arena_new(1 << 20)};
    assert_int_equal(bt_regions_new(f->arena, reader, true, &f->regions, NULL), BT_OK);
    assert_int_equal(bt_regions_add(f->regions, 0x800000, sizeof stack_bytes, 0, NULL), BT_OK);
    bt_regions_seal(f->regions);
    f->modules[0] = (struct bt_module){.name = "nt", .base = 0x100000, .size = 0x10000};
    f->modules[1] = (struct bt_module){.name = "bad.sys", .base = 0x200000, .size = 0x10000};
    f->crash = (struct bt_crash){.modules = f->modules, .module_count = 2};
    f->crash.system.arch = BT_ARCH_X64;
}

static void scan_finds_addresses_in_order_and_says_so(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    put64(0x100, 0x203453);
    put64(0x180, 0x777777);  // in no module
    put64(0x1008, 0x105671); // beyond the first page
    struct bt_registers r = {.arch = BT_ARCH_X64, .ip = 0x204444, .sp = 0x800010};
    struct bt_stack_input input = {.memory = bt_regions_memory(f.regions), .registers = &r};
    struct bt_frame *frames;
    size_t count;
    assert_int_equal(bt_stack_walk(&input, &f.crash, f.arena, &frames, &count, NULL), BT_OK);
    assert_int_equal(count, 3);
    assert_int_equal(frames[0].trust, BT_TRUST_CONTEXT);
    assert_ptr_equal(frames[0].module, &f.modules[1]);
    assert_int_equal(frames[1].address, 0x203453);
    assert_int_equal(frames[1].trust, BT_TRUST_SCAN);
    assert_int_equal(frames[1].stack_pointer, 0x800100);
    assert_ptr_equal(frames[2].module, &f.modules[0]);
    bt_arena_free(f.arena);
}

static void scan_stops_at_the_end_of_the_stack_and_at_the_limit(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    for (size_t at = 0; at + 8 <= sizeof stack_bytes; at += 8)
        put64(at, 0x203453);
    struct bt_stack_input input = {
        .memory = bt_regions_memory(f.regions), .scan_from = 0x800000, .scan_end = 0x800020};
    struct bt_frame *frames;
    size_t count;
    assert_int_equal(bt_stack_walk(&input, &f.crash, f.arena, &frames, &count, NULL), BT_OK);
    assert_int_equal(count, 4);
    input.scan_end = 0;
    assert_int_equal(bt_stack_walk(&input, &f.crash, f.arena, &frames, &count, NULL), BT_OK);
    assert_int_equal(count, BT_LIMIT_FRAMES);
    bt_arena_free(f.arena);
}

static void stack_that_is_not_in_the_dump_gives_the_context_frame(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    struct bt_registers r = {.arch = BT_ARCH_X64, .ip = 0x204444, .sp = UINT64_MAX - 3};
    struct bt_stack_input input = {.memory = bt_regions_memory(f.regions), .registers = &r};
    struct bt_frame *frames;
    size_t count;
    assert_int_equal(bt_stack_walk(&input, &f.crash, f.arena, &frames, &count, NULL), BT_OK);
    assert_int_equal(count, 1);
    bt_arena_free(f.arena);
}

static size_t walk(struct fixture *f, const struct bt_registers *r, struct bt_frame **ret)
{
    struct bt_stack_input input = {.memory = bt_regions_memory(f->regions), .registers = r};
    size_t count = 0;
    assert_int_equal(bt_stack_walk(&input, &f->crash, f->arena, ret, &count, NULL), BT_OK);
    return count;
}

static void frame_pointers_are_followed_on_linux_and_not_on_windows(void **state)
{
    (void)state;
    struct fixture f;
    struct bt_frame *frames;
    set_up(&f);
    f.crash.system.platform = BT_PLATFORM_LINUX;
    put64(0x40, 0x203453); // of a call that returned long ago
    put64(0x100, 0x800200);
    put64(0x108, 0x203477);
    struct bt_registers r = {
        .arch = BT_ARCH_X64, .ip = 0x204444, .sp = 0x800010, .fp = 0x800100};
    assert_int_equal(walk(&f, &r, &frames), 2);
    assert_int_equal(frames[1].address, 0x203477);
    assert_int_equal(frames[1].trust, BT_TRUST_FRAME_POINTER);
    f.crash.system.platform = BT_PLATFORM_WINDOWS;
    assert_int_equal(walk(&f, &r, &frames), 3);
    assert_int_equal(frames[1].address, 0x203453);
    assert_int_equal(frames[1].trust, BT_TRUST_SCAN);
    bt_arena_free(f.arena);
}

static void scan_gives_the_frame_pointer_that_was_pushed_after_the_call(void **state)
{
    (void)state;
    struct fixture f;
    struct bt_frame *frames;
    set_up(&f);
    f.crash.system.platform = BT_PLATFORM_LINUX;
    put64(0xf8, 0x800200); // pushed by the function that was called
    put64(0x100, 0x203453);
    put64(0x140, 0x203461); // behind the caller's frame
    put64(0x208, 0x203477);
    struct bt_registers r = {.arch = BT_ARCH_X64, .ip = 0x204444, .sp = 0x800010};
    assert_int_equal(walk(&f, &r, &frames), 3);
    assert_int_equal(frames[1].trust, BT_TRUST_SCAN);
    assert_int_equal(frames[2].address, 0x203477);
    assert_int_equal(frames[2].trust, BT_TRUST_FRAME_POINTER);
    bt_arena_free(f.arena);
}

static void nothing_is_looked_for_behind_the_end_of_a_chain(void **state)
{
    (void)state;
    struct fixture f;
    struct bt_frame *frames;
    set_up(&f);
    f.crash.system.platform = BT_PLATFORM_LINUX;
    put64(0x100, 0x800200);
    put64(0x108, 0x203477);
    put64(0x300, 0x203453);
    struct bt_registers r = {
        .arch = BT_ARCH_X64, .ip = 0x204444, .sp = 0x800010, .fp = 0x800100};
    assert_int_equal(walk(&f, &r, &frames), 2);
    put64(0x208, 1); // no end: something else
    assert_int_equal(walk(&f, &r, &frames), 3);
    assert_int_equal(frames[2].address, 0x203453);
    bt_arena_free(f.arena);
}

static void link_register_counts_where_it_leads_to_another_image(void **state)
{
    (void)state;
    struct fixture f;
    struct bt_frame *frames;
    set_up(&f);
    f.crash.system.arch = BT_ARCH_ARM64;
    struct bt_registers r = {.arch = BT_ARCH_ARM64, .ip = 0x204444, .sp = 0x800010};
    r.count = 32;
    r.general[30] = 0x103454;
    r.valid = UINT32_C(1) << 30;
    assert_int_equal(walk(&f, &r, &frames), 2);
    assert_int_equal(frames[1].address, 0x103454);
    r.general[30] = 0x203454; // of a call that the function itself made
    assert_int_equal(walk(&f, &r, &frames), 1);
    bt_arena_free(f.arena);
}

static void link_register_of_a_frame_that_is_made_is_not_a_second_call(void **state)
{
    (void)state;
    struct fixture f;
    struct bt_frame *frames;
    set_up(&f);
    f.crash.system.arch = BT_ARCH_ARM64;
    struct bt_registers r = {
        .arch = BT_ARCH_ARM64, .ip = 0x204444, .sp = 0x800010, .fp = 0x800010};
    r.count = 32;
    r.general[30] = 0x103454;
    r.valid = UINT32_C(1) << 30;
    put64(0x10, 0x800040); // the function's frame holds its return address too
    put64(0x18, 0x103454);
    put64(0x48, 0x203458);
    assert_int_equal(walk(&f, &r, &frames), 3);
    assert_int_equal(frames[1].address, 0x103454);
    assert_int_equal(frames[2].address, 0x203458);
    bt_arena_free(f.arena);
}

// Windows saves the context at the first instruction of the call that stops the system. Without
// the images in the dump, the parameters tell that it is.
static void return_address_of_the_stopping_call_is_on_top(void **state)
{
    (void)state;
    struct fixture f;
    struct bt_frame *frames;
    set_up(&f);
    put64(0x10, 0x203450); // at a multiple of 16, as functions start
    struct bt_registers r = {.arch = BT_ARCH_X64, .ip = 0x104440, .sp = 0x800010};
    r.count = 16;
    r.general[1] = 0xd6;
    r.general[2] = 0x4a2000;
    f.crash.stop = (struct bt_stop){.present = true, .raw = 0xd6, .parameters = {0x4a2000, 9}};
    assert_int_equal(walk(&f, &r, &frames), 2);
    assert_int_equal(frames[1].address, 0x203450);
    r.general[1] = 0xa; // some stops get another code in the call
    assert_int_equal(walk(&f, &r, &frames), 1);
    r.general[8] = 9;
    assert_int_equal(walk(&f, &r, &frames), 2);
    r.general[2] = 0x4a2008;
    assert_int_equal(walk(&f, &r, &frames), 1);
    bt_arena_free(f.arena);
}

static void put32(size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        stack_bytes[at + i] = (uint8_t)(value >> (8 * i));
}

// A call of an empty pointer: the return address is on top of the stack, and ebp is the
// caller's.
static void caller_of_a_wild_pointer_is_not_lost(void **state)
{
    (void)state;
    struct fixture f;
    struct bt_frame *frames;
    set_up(&f);
    f.crash.system.platform = BT_PLATFORM_LINUX;
    put64(0x10, 0x203453);
    put64(0x100, 0x800200);
    put64(0x108, 0x203477);
    struct bt_registers r = {.arch = BT_ARCH_X64, .ip = 0, .sp = 0x800010, .fp = 0x800100};
    assert_int_equal(walk(&f, &r, &frames), 3);
    assert_int_equal(frames[1].address, 0x203453);
    assert_int_equal(frames[2].address, 0x203477);
    assert_int_equal(frames[2].trust, BT_TRUST_FRAME_POINTER);
    bt_arena_free(f.arena);
}

// The code of a module at 0x801000 in the bytes of the stack: a function that calls a helper.
static void caller_of_a_function_without_a_frame_is_not_lost(void **state)
{
    (void)state;
    struct fixture f;
    struct bt_frame *frames;
    set_up(&f);
    struct bt_reader reader = {.read = read_stack};
    assert_int_equal(bt_regions_new(f.arena, reader, false, &f.regions, NULL), BT_OK);
    assert_int_equal(bt_regions_add(f.regions, 0x800000, sizeof stack_bytes, 0, NULL), BT_OK);
    bt_regions_seal(f.regions);
    f.modules[1] = (struct bt_module){.name = "a.exe", .base = 0x801000, .size = 0x2000};
    f.crash.system.arch = BT_ARCH_X86;
    stack_bytes[0x2100] = 0xe8; // 802100: call 802300
    put32(0x2101, 0x1fb);
    stack_bytes[0x2200] = 0xe8; // 802200: call 802300, which returned long ago
    put32(0x2201, 0xfb);
    stack_bytes[0x2400] = 0xe8; // 802400: call of the caller
    put32(0x2401, 0xfffffb00);
    put32(0x10, 0x51); // pushed by the helper
    put32(0x14, 0x802105);
    put32(0x18, 0x802205);
    put32(0x40, 0x800080);
    put32(0x44, 0x802405);
    struct bt_registers r = {
        .arch = BT_ARCH_X86, .ip = 0x802308, .sp = 0x800010, .fp = 0x800040, .count = 8};
    assert_int_equal(walk(&f, &r, &frames), 3);
    assert_int_equal(frames[1].address, 0x802105);
    assert_int_equal(frames[2].address, 0x802405);
    memcpy(&stack_bytes[0x2300], "\x55\x8b\xec", 3); // now it makes a frame, which ebp leads to
    assert_int_equal(walk(&f, &r, &frames), 2);
    assert_int_equal(frames[1].address, 0x802405);
    bt_arena_free(f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scan_finds_addresses_in_order_and_says_so),
        cmocka_unit_test(scan_stops_at_the_end_of_the_stack_and_at_the_limit),
        cmocka_unit_test(stack_that_is_not_in_the_dump_gives_the_context_frame),
        cmocka_unit_test(frame_pointers_are_followed_on_linux_and_not_on_windows),
        cmocka_unit_test(scan_gives_the_frame_pointer_that_was_pushed_after_the_call),
        cmocka_unit_test(nothing_is_looked_for_behind_the_end_of_a_chain),
        cmocka_unit_test(link_register_counts_where_it_leads_to_another_image),
        cmocka_unit_test(link_register_of_a_frame_that_is_made_is_not_a_second_call),
        cmocka_unit_test(return_address_of_the_stopping_call_is_on_top),
        cmocka_unit_test(caller_of_a_wild_pointer_is_not_lost),
        cmocka_unit_test(caller_of_a_function_without_a_frame_is_not_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
