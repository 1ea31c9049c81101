// SPDX-License-Identifier: MIT
#include "dump/kernel/kernel_header.h"

#include "dump/bytes.h"

#include "test.h"

static struct bytes b;

static struct bt_kernel_header decode(void)
{
    struct bt_kernel_header h;
    bt_kernel_header_decode((struct bt_span){.data = b.data, .size = b.size}, &h);
    return h;
}

static void wide_header_is_decoded(void **state)
{
    (void)state;
    make_header64(&b, 4);
    struct bt_kernel_header h = decode();
    assert_true(h.is64 && h.complete);
    assert_int_equal(h.size, 0x2000);
    assert_int_equal(h.arch, BT_ARCH_X64);
    assert_int_equal(h.minor.value, 6002);
    assert_int_equal(h.directory_table.value, 0x1ad002);
    assert_int_equal(h.processors.value, 8);
    assert_int_equal(h.code.value, 0xd6);
    assert_true(h.parameters[2].value == UINT64_C(0xfffff80001e43a10));
    assert_true(h.debugger_data.value == UINT64_C(0xfffff80001200000));
    assert_int_equal(h.dump_type.value, 4);
    assert_int_equal(h.product_type.value, 3);
    assert_int_equal(h.context.file_offset, 0x348);
    assert_int_equal(h.exception.file_offset, 0xf00);
}

static void narrow_header_is_decoded(void **state)
{
    (void)state;
    make_header32(&b, 2600, 4);
    struct bt_kernel_header h = decode();
    assert_false(h.is64);
    assert_int_equal(h.size, 0x1000);
    assert_int_equal(h.arch, BT_ARCH_X86);
    assert_int_equal(h.parameters[1].value, 0x804e1234);
    assert_true(h.pae.known && h.pae.value == 1);
    assert_int_equal(h.debugger_data.value, 0x80545ce0);
    assert_int_equal(h.uptime.value, 600000000);
    assert_int_equal(h.context.file_offset, 0x320);
}

static void filler_is_unknown_everywhere(void **state)
{
    (void)state;
    make_header64(&b, 4);
    fill_with_page(&b, 0x2000);
    put(&b, 0, "PAGEDU64", 8);
    struct bt_kernel_header h = decode();
    assert_false(h.code.known || h.parameters[0].known || h.processors.known);
    assert_false(h.dump_type.known || h.time.known || h.attributes.known || h.run_count.known);
    assert_false(h.machine.known);
    assert_int_equal(h.arch, BT_ARCH_UNKNOWN);
}

// Bit 4 of XXXX would say that the machine went on.
static void filler_of_other_writers_is_unknown(void **state)
{
    (void)state;
    make_header64(&b, 4);
    put(&b, 0x1050, "XXXX", 4);
    put(&b, 0xfa8, "XXXXXXXX", 8);
    struct bt_kernel_header h = decode();
    assert_false(h.attributes.known || h.time.known);
}

static void field_past_the_end_is_unknown(void **state)
{
    (void)state;
    make_header64(&b, 4);
    b.size = 0x50;
    struct bt_kernel_header h = decode();
    assert_true(h.code.known && h.parameters[1].known);
    assert_false(h.parameters[2].known || h.dump_type.known);
    assert_int_equal(h.context.size, 0);
    b.size = 8;
    h = decode();
    assert_true(h.is64);
    assert_false(h.code.known);
}

static void unfinished_header_is_recognised_by_its_processor(void **state)
{
    (void)state;
    make_header64(&b, 4);
    put(&b, 4, "PAGE", 4);
    struct bt_kernel_header h = decode();
    assert_true(h.is64);
    assert_false(h.complete);
    make_header32(&b, 2600, 4);
    put32(&b, 4, 0);
    h = decode();
    assert_false(h.is64 || h.complete);
    assert_int_equal(h.arch, BT_ARCH_X86);
    put32(&b, 0x20, 0x1234);
    assert_false(bt_kernel_header_probe((struct bt_span){.data = b.data, .size = b.size}));
}

static void run_count_is_not_read_with_its_padding(void **state)
{
    (void)state;
    make_header64(&b, 1);
    put32(&b, 0x88, 2); // the padding behind it still says PAGE
    put64(&b, 0x90, 0x30);
    put64(&b, 0x98, 1);
    put64(&b, 0xa0, 0x10);
    put64(&b, 0xa8, 0x100);
    put64(&b, 0xb0, 0x20);
    struct bt_kernel_header h = decode();
    assert_int_equal(h.run_count.value, 2);
    assert_int_equal(h.page_count.value, 0x30);
    assert_int_equal(bt_kernel_run_at(&h, 1).first_page, 0x100);
    assert_int_equal(bt_kernel_run_at(&h, 1).page_count, 0x20);
}

static void runs_that_no_memory_has_are_unknown(void **state)
{
    (void)state;
    make_header64(&b, 1);
    put32(&b, 0x88, 2);
    put64(&b, 0x90, 0x30);
    put64(&b, 0x98, 1);
    put64(&b, 0xa0, UINT64_MAX);
    put64(&b, 0xa8, 0x100);
    put64(&b, 0xb0, 0x31); // wraps to 0x30
    assert_false(decode().run_count.known);
    put32(&b, 0x88, 43); // more than fit
    assert_false(decode().run_count.known);
}

static void runs_count_where_their_sum_was_not_written(void **state)
{
    (void)state;
    make_header64(&b, 1);
    put32(&b, 0x88, 1);
    put64(&b, 0x98, 1);
    put64(&b, 0xa0, 0x10);
    struct bt_kernel_header h = decode();
    assert_int_equal(h.page_count.value, 0x10);
    assert_false(h.runs_add_up);
    put64(&b, 0x90, 0x10);
    assert_true(decode().runs_add_up);
}

static void build_is_told_without_the_bits_above_it(void **state)
{
    (void)state;
    make_header64(&b, 1);
    put(&b, 8, "PAGE", 4);
    put32(&b, 0xc, 0xc0001db1);
    assert_int_equal(decode().minor.value, 7601);
    assert_int_equal(decode().major.value, 0xc);
    put32(&b, 0xc, 0x12341db1);
    assert_int_equal(decode().minor.value, 0x12341db1);
}

static void facts_of_the_header_reach_the_crash(void **state)
{
    (void)state;
    struct bt_arena *arena = bt_arena_new(1 << 20);
    struct bt_crash crash = {0};
    make_header64(&b, 4);
    put(&b, 0xfb0, "by hand\0", 8);
    struct bt_kernel_header h = decode();
    assert_int_equal(bt_kernel_header_describe(&h, arena, &crash, NULL), BT_OK);
    assert_int_equal(crash.stop.code, 0xd6);
    assert_int_equal(crash.stop.parameter_count, 4);
    assert_int_equal(crash.stop.parameter_bits, 64);
    assert_string_equal(crash.system.version, "6.0.6002");
    assert_int_equal(crash.system.service_pack.value, 2);
    assert_int_equal(crash.system.product_type, BT_PRODUCT_SERVER);
    char time[BT_TIME_TEXT_SIZE];
    bt_filetime_iso(crash.time.value, time);
    assert_string_equal(time, "2009-11-02T08:14:55Z");
    assert_int_equal(crash.uptime.value / BT_TICKS_PER_SECOND, 76 * 3600);
    assert_string_equal(crash.comment, "by hand");
    assert_false(crash.live || crash.generated_by_tool || crash.exception.present);
    bt_arena_free(arena);
}

static void small_dump_variant_keeps_its_raw_code(void **state)
{
    (void)state;
    struct bt_arena *arena = bt_arena_new(1 << 20);
    struct bt_crash crash = {0};
    make_header32(&b, 2195, 4);
    struct bt_kernel_header h = decode();
    assert_int_equal(bt_kernel_header_describe(&h, arena, &crash, NULL), BT_OK);
    assert_int_equal(crash.stop.raw, 0x1000008e);
    assert_int_equal(crash.stop.code, 0x8e);
    assert_int_equal(crash.stop.parameter_bits, 32);
    assert_true(crash.system.pae);
    assert_string_equal(crash.system.version, "5.0.2195");
    assert_false(crash.system.service_pack.known); // the build does not tell
    bt_arena_free(arena);
}

static struct bt_crash describe(struct bt_arena *arena)
{
    struct bt_crash crash = {0};
    struct bt_kernel_header h = decode();
    assert_int_equal(bt_kernel_header_describe(&h, arena, &crash, NULL), BT_OK);
    return crash;
}

static void dumps_without_a_crash_are_told(void **state)
{
    (void)state;
    struct bt_arena *arena = bt_arena_new(1 << 20);
    make_header64(&b, 4);
    put32(&b, 0x1050, 0x18);
    assert_true(describe(arena).live);
    make_header64(&b, 1);
    put32(&b, 0x38, 0x161);
    assert_true(describe(arena).live);
    make_header64(&b, 1);
    put32(&b, 0x38, 0x5454414d);
    assert_false(describe(arena).generated_by_tool); // the parameters count, too
    put64(&b, 0x40, 0x4e4f4f4d);
    put64(&b, 0x48, 0x534c4f53);
    assert_true(describe(arena).generated_by_tool);
    make_header64(&b, 1);
    put32(&b, 0x38, 0);
    assert_true(describe(arena).generated_by_tool);
    put32(&b, 0x30, 0); // a header of zeros was written by nobody
    assert_false(describe(arena).generated_by_tool);
    bt_arena_free(arena);
}

static void impossible_times_are_unknown(void **state)
{
    (void)state;
    struct bt_arena *arena = bt_arena_new(1 << 20);
    make_header64(&b, 4);
    put64(&b, 0xfa8, 0);
    put64(&b, 0x1030, UINT64_MAX);
    struct bt_crash crash = describe(arena);
    assert_false(crash.time.known || crash.uptime.known);
    bt_arena_free(arena);
}

static void parameters_that_were_not_written_are_not_counted(void **state)
{
    (void)state;
    struct bt_arena *arena = bt_arena_new(1 << 20);
    make_header64(&b, 4);
    put(&b, 0x50, "PAGEPAGE", 8);
    struct bt_crash crash = describe(arena);
    assert_int_equal(crash.stop.parameter_count, 2);
    assert_non_null(find_note(&crash, "parameters-missing"));
    bt_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide_header_is_decoded),
        cmocka_unit_test(narrow_header_is_decoded),
        cmocka_unit_test(filler_is_unknown_everywhere),
        cmocka_unit_test(filler_of_other_writers_is_unknown),
        cmocka_unit_test(field_past_the_end_is_unknown),
        cmocka_unit_test(unfinished_header_is_recognised_by_its_processor),
        cmocka_unit_test(run_count_is_not_read_with_its_padding),
        cmocka_unit_test(runs_that_no_memory_has_are_unknown),
        cmocka_unit_test(runs_count_where_their_sum_was_not_written),
        cmocka_unit_test(build_is_told_without_the_bits_above_it),
        cmocka_unit_test(facts_of_the_header_reach_the_crash),
        cmocka_unit_test(small_dump_variant_keeps_its_raw_code),
        cmocka_unit_test(dumps_without_a_crash_are_told),
        cmocka_unit_test(impossible_times_are_unknown),
        cmocka_unit_test(parameters_that_were_not_written_are_not_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
