// SPDX-License-Identifier: MIT
#include "dump/bytes.h"

#include "test.h"

static struct bytes b;

// Places in the dumps that are made here. The parts stand in no order of any real writer.
enum {
    DRIVERS = 0x2100,
    STACK = 0x2300,
    STACK_SIZE = 0x40,
    UNLOADED = 0x2380,
    PRCB = 0x2400,
    THREAD = 0x2500,
    PROCESS = 0x2600,
    STRINGS = 0x2700,
    STRINGS_SIZE = 0x100,
    BLOCKS = 0x2800,
    BLOCK_DATA = 0x2840,
    DEBUGGER = 0x2900,
    DEBUGGER_SIZE = 0x380,
    BROKEN = 0x2d00,
    MARK = 0x2dfc,
    END = 0x2e00,
    BASE32 = 0x1000, // 32-bit dumps use the same places, that much lower
};

#define STACK_VA   UINT64_C(0xfffff88001500fc0)
#define THREAD_VA  UINT64_C(0xfffffa8004567060)
#define PROCESS_VA UINT64_C(0xfffffa8003f00b30)
#define BLOCK_VA   UINT64_C(0xfffff8a000123ff0)

static void put_table(size_t table, bool is64, size_t down)
{
    put32(&b, table + 0x00, 0x200); // service pack 2
    put32(&b, table + 0x04, (uint32_t)(END - down));
    put32(&b, table + 0x08, (uint32_t)(MARK - down));
    put32(&b, table + 0x18, (uint32_t)(UNLOADED - down));
    put32(&b, table + 0x1c, (uint32_t)(PRCB - down));
    put32(&b, table + 0x20, (uint32_t)(PROCESS - down));
    put32(&b, table + 0x24, (uint32_t)(THREAD - down));
    put32(&b, table + 0x28, (uint32_t)(STACK - down));
    put32(&b, table + 0x2c, STACK_SIZE);
    put32(&b, table + 0x30, (uint32_t)(DRIVERS - down));
    put32(&b, table + 0x34, 2);
    put32(&b, table + 0x38, (uint32_t)(STRINGS - down));
    put32(&b, table + 0x3c, STRINGS_SIZE);
    put32(&b, table + 0x40, (uint32_t)(BROKEN - down));
    put32(&b, table + 0x44, 0x41);
    put32(&b, table + (is64 ? 0x70 : 0x58), (uint32_t)(DEBUGGER - down));
    put32(&b, table + (is64 ? 0x74 : 0x5c), DEBUGGER_SIZE);
    put32(&b, table + (is64 ? 0x78 : 0x60), (uint32_t)(BLOCKS - down));
    put32(&b, table + (is64 ? 0x7c : 0x64), 1);
    put(&b, MARK - down, "TRGD", 4);
    put_dump_string(&b, BROKEN - down, "broken.sys");
}

static void put_debugger_data(size_t at, uint64_t kernel_base)
{
    put(&b, at + 0x10, "KDBG", 4);
    put32(&b, at + 0x14, DEBUGGER_SIZE);
    put64(&b, at + 0x18, kernel_base);
    put16(&b, at + 0x2a0, 0x68); // KTHREAD.ApcState.Process
    put16(&b, at + 0x2a8, 0xe8);
    put16(&b, at + 0x2b0, 0xf0);
    put16(&b, at + 0x2b4, 8);
    put16(&b, at + 0x2c0, 0x80);
}

static void make_dump64(void)
{
    make_header64(&b, 4);
    put32(&b, 0x1038, 0xcff);
    memset(b.data + 0x2000, 0, END - 0x2000);
    put_table(0x2000, true, 0);
    put64(&b, 0x2048, STACK_VA);

    size_t second = put_dump_string(&b, STRINGS, "\\SystemRoot\\system32\\ntoskrnl.exe");
    put_dump_string(&b, second, "mountmgr.sys");
    put32(&b, DRIVERS, STRINGS);
    put64(&b, DRIVERS + 0x38, UINT64_C(0xfffff80001a00000));
    put32(&b, DRIVERS + 0x48, 0x518000);
    put32(&b, DRIVERS + 0x80, 0x4b1234);
    put32(&b, DRIVERS + 0x88, 0x49e0237f);
    put32(&b, DRIVERS + 0x90, (uint32_t)second);
    put64(&b, DRIVERS + 0x90 + 0x38, UINT64_C(0xfffff80001e3e000));
    put32(&b, DRIVERS + 0x90 + 0x48, 0x14000);

    put32(&b, UNLOADED, 1);
    put16(&b, UNLOADED + 8, 24);
    put_utf16(&b, UNLOADED + 8 + 0x10, "dump_storpor");
    put64(&b, UNLOADED + 8 + 0x28, UINT64_C(0xfffff88001000000));
    put64(&b, UNLOADED + 8 + 0x30, UINT64_C(0xfffff88001010000));

    put64(&b, PRCB + 8, THREAD_VA);
    put64(&b, THREAD + 0x68, PROCESS_VA);
    put(&b, PROCESS, "process", 7);
    put(&b, STACK, "stack", 5);
    put64(&b, BLOCKS, BLOCK_VA);
    put32(&b, BLOCKS + 8, BLOCK_DATA);
    put32(&b, BLOCKS + 12, 0x20);
    put(&b, BLOCK_DATA, "block", 5);
    put_debugger_data(DEBUGGER, UINT64_C(0xfffff80001a00000));
}

static void assert_memory(const struct reading *r, bt_va va, const char *text)
{
    char buf[16] = {0};
    assert_int_equal(bt_memory_read(r->dump.memory, va, buf, strlen(text), NULL), BT_OK);
    assert_string_equal(buf, text);
}

static void wide_dump_is_read_whole(void **state)
{
    (void)state;
    make_dump64();
    struct reading r = read_bytes(b.data, b.size);
    const struct bt_crash *c = r.dump.crash;
    assert_int_equal(c->status, BT_READ_OK);
    assert_int_equal(c->notes.count, 0);
    assert_int_equal(c->module_count, 2);
    assert_string_equal(c->modules[0].name, "ntoskrnl.exe");
    assert_string_equal(c->modules[0].path, "\\SystemRoot\\system32\\ntoskrnl.exe");
    assert_true(c->modules[0].base == UINT64_C(0xfffff80001a00000));
    assert_int_equal(c->modules[0].size, 0x518000);
    assert_int_equal(c->modules[0].checksum.value, 0x4b1234);
    assert_int_equal(c->modules[0].timestamp.value, 0x49e0237f);
    assert_string_equal(c->modules[1].name, "mountmgr.sys");
    assert_null(c->modules[1].path);
    assert_false(c->modules[1].timestamp.known);
    assert_int_equal(c->unloaded_count, 1);
    assert_string_equal(c->unloaded[0].name, "dump_storpor");
    assert_true(c->unloaded[0].end == UINT64_C(0xfffff88001010000));
    assert_string_equal(c->broken_driver, "broken.sys");
    end_reading(&r);
}

static void parts_are_found_at_their_addresses(void **state)
{
    (void)state;
    make_dump64();
    struct reading r = read_bytes(b.data, b.size);
    assert_memory(&r, STACK_VA, "stack");
    assert_memory(&r, BLOCK_VA, "block");
    assert_memory(&r, PROCESS_VA, "process");
    bt_va process = 0;
    assert_int_equal(bt_memory_pointer(r.dump.memory, THREAD_VA + 0x68, &process, NULL), BT_OK);
    assert_true(process == PROCESS_VA);
    assert_memory(&r, UINT64_C(0xfffff80001200010), "KDBG");
    assert_true(r.dump.crash->stack.start == STACK_VA);
    assert_true(r.dump.crash->stack.end == STACK_VA + STACK_SIZE);
    assert_int_equal(r.dump.kernel.prcb.size, 0xf0);
    assert_int_equal(r.dump.kernel.process.size, 0xe8);
    assert_int_equal(r.dump.kernel.thread.size, 0x80);
    end_reading(&r);
}

static void every_cut_keeps_the_stop_code(void **state)
{
    (void)state;
    make_dump64();
    for (size_t size = 0x2000; size < END; size += 7) {
        struct reading r = read_bytes(b.data, size);
        assert_int_equal(r.dump.crash->stop.code, 0xd6);
        assert_int_equal(r.dump.crash->status, BT_READ_PARTIAL);
        assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_TRUNCATED);
        end_reading(&r);
    }
}

static void missing_end_mark_is_partial(void **state)
{
    (void)state;
    make_dump64();
    put(&b, MARK, "PAGE", 4);
    struct reading r = read_bytes(b.data, b.size);
    assert_int_equal(r.dump.crash->status, BT_READ_PARTIAL);
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_CORRUPT);
    assert_int_equal(r.dump.crash->module_count, 2);
    end_reading(&r);
}

static void damaged_driver_list_loses_only_itself(void **state)
{
    (void)state;
    make_dump64();
    put32(&b, 0x2030, 0xfffffff0);
    struct reading r = read_bytes(b.data, b.size);
    assert_int_equal(r.dump.crash->module_count, 0);
    assert_int_equal(r.dump.crash->unloaded_count, 1);
    assert_int_equal(r.dump.crash->status, BT_READ_PARTIAL);
    assert_non_null(find_note(r.dump.crash, "driver-list-cut"));
    assert_memory(&r, STACK_VA, "stack");
    end_reading(&r);
}

static void driver_count_beyond_the_file_is_cut(void **state)
{
    (void)state;
    make_dump64();
    put32(&b, 0x2034, UINT32_MAX);
    struct reading r = read_bytes(b.data, b.size);
    assert_true(r.dump.crash->module_count >= 2);
    assert_string_equal(r.dump.crash->modules[1].name, "mountmgr.sys");
    assert_non_null(find_note(r.dump.crash, "driver-list-cut"));
    assert_int_equal(r.dump.crash->stop.code, 0xd6);
    end_reading(&r);
}

static void driver_without_a_name_keeps_its_place(void **state)
{
    (void)state;
    make_dump64();
    put32(&b, STRINGS, 0x10000000); // characters of the first name
    struct reading r = read_bytes(b.data, b.size);
    assert_int_equal(r.dump.crash->module_count, 2);
    assert_string_equal(r.dump.crash->modules[0].name, "unknown_0xfffff80001a00000");
    assert_string_equal(r.dump.crash->modules[1].name, "mountmgr.sys");
    assert_non_null(find_note(r.dump.crash, "driver-names-lost"));
    end_reading(&r);
}

static void bad_data_block_is_counted(void **state)
{
    (void)state;
    make_dump64();
    put32(&b, 0x207c, 2);
    put64(&b, BLOCKS + 16, UINT64_C(0xfffff8a000200000));
    put32(&b, BLOCKS + 24, 0x7fffffff);
    put32(&b, BLOCKS + 28, 0x10);
    struct reading r = read_bytes(b.data, b.size);
    assert_memory(&r, BLOCK_VA, "block");
    assert_non_null(find_note(r.dump.crash, "data-blocks-lost"));
    assert_int_equal(r.dump.crash->status, BT_READ_PARTIAL);
    end_reading(&r);
}

static void kernel_base_that_differs_is_noted(void **state)
{
    (void)state;
    make_dump64();
    put64(&b, DEBUGGER + 0x18, UINT64_C(0xfffff80001b00000));
    struct reading r = read_bytes(b.data, b.size);
    assert_non_null(find_note(r.dump.crash, "kernel-base-differs"));
    assert_int_equal(r.dump.crash->status, BT_READ_OK);
    end_reading(&r);
}

// Processor values in secondary data behind the dump.
static void put_value(size_t *at, const char *name, uint32_t type, const void *data,
                      size_t size)
{
    put32(&b, *at, (uint32_t)(2 * strlen(name) + 2));
    put_utf16(&b, *at + 4, name);
    put16(&b, *at + 4 + 2 * strlen(name), 0);
    *at += 4 + 2 * strlen(name) + 2;
    put32(&b, *at, type);
    put32(&b, *at + 4, (uint32_t)size);
    put(&b, *at + 8, data, size);
    *at += 8 + size;
}

static void processor_name_is_in_the_secondary_data(void **state)
{
    (void)state;
    static const uint8_t tag[16] = {0x89, 0xc3, 0x7a, 0x6c, 0x13, 0x43, 0xdc, 0x47,
                                    0x9f, 0x34, 0xa8, 0x80, 0x0a, 0x0f, 0xb5, 0x6c};
    static const uint8_t cpu[] = {' ', 0, 'C', 0, 'P', 0, 'U', 0, ' ', 0, ' ', 0, 0, 0};
    static const uint8_t mhz[4] = {0x22, 0x0a, 0, 0};
    make_dump64();
    put(&b, END, "DumpBlob\x10\0\0\0\0\0\0\xf0", 16);
    memset(b.data + END + 16, 0, 0x40);
    put32(&b, END + 0x10, 0x20); // an empty record of an unknown tag
    put32(&b, END + 0x28, 4);    // padding before
    size_t record = END + 0x10 + 0x20 + 4;
    put32(&b, record, 0x20);
    put(&b, record + 4, tag, 16);
    put32(&b, record + 0x18, 0);
    put32(&b, record + 0x1c, 0);
    size_t at = record + 0x20;
    put_value(&at, "ProcessorNameString", 1, cpu, sizeof cpu);
    put_value(&at, "~MHz", 4, mhz, sizeof mhz);
    put32(&b, record + 0x14, (uint32_t)(at - record - 0x20));
    struct reading r = read_bytes(b.data, b.size);
    assert_string_equal(r.dump.crash->system.processor_name, "CPU");
    assert_int_equal(r.dump.crash->system.processor_mhz.value, 2594);
    assert_int_equal(r.dump.crash->notes.count, 0);
    end_reading(&r);

    put32(&b, record + 0x20, 0x7fffffff); // size of the first name
    r = read_bytes(b.data, b.size);
    assert_null(r.dump.crash->system.processor_name);
    assert_non_null(find_note(r.dump.crash, "secondary-data-damaged"));
    assert_int_equal(r.dump.crash->status, BT_READ_OK);
    end_reading(&r);
}

// ---- 32-bit

static void put_driver32(size_t at, size_t name, uint32_t base, uint32_t timestamp)
{
    put32(&b, at, (uint32_t)name);
    put32(&b, at + 0x1c, base);
    put32(&b, at + 0x24, 0x10000);
    put32(&b, at + 0x48, timestamp);
}

static void make_dump32(uint32_t build, size_t stride)
{
    make_header32(&b, build, 4);
    put32(&b, 0xf8c, 0xcff);
    memset(b.data + 0x1000, 0, END - 0x2000);
    b.size = END - BASE32;
    put_table(0x1000, false, BASE32);
    put32(&b, 0x1048, 0xf7a13f00);
    size_t second = put_dump_string(&b, STRINGS - BASE32, "ntoskrnl.exe");
    put_dump_string(&b, second, "Ntfs.sys");
    put_driver32(DRIVERS - BASE32, STRINGS - BASE32, 0x804d7000, 0x3b7d8ef4);
    put_driver32(DRIVERS - BASE32 + stride, second, 0xf8400000, 0x3b7d8475);
    put32(&b, UNLOADED - BASE32, 1);
    put16(&b, UNLOADED - BASE32 + 4, 18);
    put_utf16(&b, UNLOADED - BASE32 + 4 + 8, "kmixer.sysxx");
    put32(&b, UNLOADED - BASE32 + 4 + 0x20, 0xf1000000);
    put32(&b, UNLOADED - BASE32 + 4 + 0x24, 0xf1020000);
    put32(&b, PRCB - BASE32 + 4, 0x81234560);
    put(&b, STACK - BASE32, "stack", 5);
    put_debugger_data(DEBUGGER - BASE32, UINT64_C(0xffffffff804d7000));
    put16(&b, DEBUGGER - BASE32 + 0x2b4, 4);
}

static void narrow_dump_is_read_whole(void **state)
{
    (void)state;
    make_dump32(2600, 0x4c);
    put32(&b, BLOCKS - BASE32, 0x80545000);
    put32(&b, BLOCKS - BASE32 + 4, BLOCK_DATA - BASE32);
    put32(&b, BLOCKS - BASE32 + 8, 0x10);
    put(&b, BLOCK_DATA - BASE32, "narrow", 6);
    struct reading r = read_bytes(b.data, b.size);
    const struct bt_crash *c = r.dump.crash;
    assert_int_equal(c->status, BT_READ_OK);
    assert_int_equal(c->notes.count, 0);
    assert_int_equal(c->module_count, 2);
    assert_string_equal(c->modules[0].name, "ntoskrnl.exe");
    assert_int_equal(c->modules[0].base, 0x804d7000);
    assert_string_equal(c->modules[1].name, "Ntfs.sys");
    assert_int_equal(c->modules[1].timestamp.value, 0x3b7d8475);
    assert_string_equal(c->unloaded[0].name, "kmixer.sy");
    assert_int_equal(c->unloaded[0].base, 0xf1000000);
    assert_int_equal(c->system.service_pack.value, 2);
    assert_memory(&r, 0xf7a13f00, "stack");
    assert_memory(&r, 0x80545000, "narrow"); // the 12-byte form of a block
    assert_int_equal(r.dump.kernel.thread.size, 0x80);
    end_reading(&r);
}

static void longer_driver_entries_are_noticed(void **state)
{
    (void)state;
    for (size_t stride = 0x4c; stride <= 0x58; stride += 4) {
        make_dump32(2600, stride);
        put32(&b, 0x1064, 0);
        struct reading r = read_bytes(b.data, b.size);
        assert_string_equal(r.dump.crash->modules[1].name, "Ntfs.sys");
        assert_int_equal(r.dump.crash->modules[1].base, 0xf8400000);
        end_reading(&r);
    }
}

static void wide_blocks_of_a_narrow_dump_are_read(void **state)
{
    (void)state;
    make_dump32(3790, 0x4c);
    put32(&b, 0x1064, 2);
    put64(&b, BLOCKS - BASE32, UINT64_C(0xffffffff80545000));
    put32(&b, BLOCKS - BASE32 + 8, BLOCK_DATA - BASE32);
    put32(&b, BLOCKS - BASE32 + 12, 0x10);
    put64(&b, BLOCKS - BASE32 + 16, 0x80550000);
    put32(&b, BLOCKS - BASE32 + 24, BLOCK_DATA - BASE32 + 0x10);
    put32(&b, BLOCKS - BASE32 + 28, 0x10);
    put(&b, BLOCK_DATA - BASE32, "wide", 4);
    put(&b, BLOCK_DATA - BASE32 + 0x10, "more", 4);
    struct reading r = read_bytes(b.data, b.size);
    assert_memory(&r, 0x80545000, "wide");
    assert_memory(&r, 0x80550000, "more");
    assert_int_equal(r.dump.crash->notes.count, 0);
    end_reading(&r);
}

static void short_table_of_windows_2000_ends_where_the_parts_begin(void **state)
{
    (void)state;
    make_dump32(2195, 0x4c);
    put32(&b, 0xf8c, 0x7f);
    // The unloaded drivers follow the fields that Windows 2000 has; their bytes are no offsets.
    memmove(b.data + 0x1050, b.data + UNLOADED - BASE32, 0x30);
    put32(&b, 0x1018, 0x1050);
    put32(&b, 0x1058, 0x41414141);
    put32(&b, 0x105c, 0x41414141);
    struct reading r = read_bytes(b.data, b.size);
    assert_int_equal(r.dump.crash->status, BT_READ_OK);
    assert_int_equal(r.dump.crash->notes.count, 0);
    assert_int_equal(r.dump.crash->module_count, 2);
    assert_int_equal(r.dump.kernel.debugger_bytes.size, 0);
    // Without a debugger data block the next part bounds the copy.
    assert_int_equal(r.dump.kernel.prcb.size, THREAD - PRCB);
    end_reading(&r);

    put(&b, 0xf8c, "PAGE", 4); // and so it is where the header does not tell the parts
    r = read_bytes(b.data, b.size);
    assert_int_equal(r.dump.kernel.debugger_bytes.size, 0);
    assert_int_equal(r.dump.crash->status, BT_READ_OK);
    end_reading(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide_dump_is_read_whole),
        cmocka_unit_test(parts_are_found_at_their_addresses),
        cmocka_unit_test(every_cut_keeps_the_stop_code),
        cmocka_unit_test(missing_end_mark_is_partial),
        cmocka_unit_test(damaged_driver_list_loses_only_itself),
        cmocka_unit_test(driver_count_beyond_the_file_is_cut),
        cmocka_unit_test(driver_without_a_name_keeps_its_place),
        cmocka_unit_test(bad_data_block_is_counted),
        cmocka_unit_test(kernel_base_that_differs_is_noted),
        cmocka_unit_test(processor_name_is_in_the_secondary_data),
        cmocka_unit_test(narrow_dump_is_read_whole),
        cmocka_unit_test(longer_driver_entries_are_noticed),
        cmocka_unit_test(wide_blocks_of_a_narrow_dump_are_read),
        cmocka_unit_test(short_table_of_windows_2000_ends_where_the_parts_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
