// SPDX-License-Identifier: MIT
//
// Memory dumps of every kind over the same eight pages of physical memory: page tables in pages
// 1 to 4, a list of modules in pages 9 and 10, which are neighbours in the address space but
// not in the file. Page 12 stands for the rest.
#include "dump/bytes.h"

#include "test.h"

static struct bytes b;

static const uint64_t pages[] = {1, 2, 3, 4, 9, 10, 12};

enum { PAGE_COUNT = sizeof pages / sizeof pages[0] };

static const bt_va list_va = UINT64_C(0xfffff80000401ff0); // crosses from page 9 to page 10

static size_t page_offset(uint64_t page, size_t first_page)
{
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        if (pages[i] == page)
            return first_page + i * 0x1000;
    }
    fail();
    return 0;
}

static void put_words(size_t at, uint64_t a, uint64_t c)
{
    put64(&b, at, a);
    put64(&b, at + 8, c);
}

// The pages of an x64 machine, packed from `first_page` on.
static void put_pages64(size_t first_page)
{
    const size_t pml4 = page_offset(1, first_page), pointers = page_offset(2, first_page);
    const size_t directory = page_offset(3, first_page), table = page_offset(4, first_page);
    memset(b.data + first_page, 0, PAGE_COUNT * 0x1000);
    b.size = first_page + PAGE_COUNT * 0x1000;
    put64(&b, pml4 + 8 * 496, 0x2063);
    put64(&b, pointers, 0x3063);
    put64(&b, directory + 8 * 2, 0x4063);
    put64(&b, table + 8 * 1, 0x9063);
    put64(&b, table + 8 * 2, 0xa063);
    put64(&b, table + 8 * 3, 0xf063); // page 15 is not in the dump
    // A head whose first entry points back to it.
    put_words(page_offset(9, first_page) + 0xff0, list_va + 0x110, list_va + 0x110);
    put_words(page_offset(10, first_page) + 0x100, list_va, list_va);
    put64(&b, 0x10, 0x1002);
    put64(&b, 0x20, list_va);
}

static void check_memory64(const struct reading *r)
{
    const struct bt_memory *memory = r->dump.memory;
    uint64_t word = 0;
    uint8_t raw[0x20];
    assert_non_null(memory);
    assert_null(find_note(r->dump.crash, "page-tables-lead-nowhere"));
    assert_int_equal(bt_memory_u64(memory, list_va, &word, NULL), BT_OK);
    assert_int_equal(word, list_va + 0x110);
    assert_int_equal(memory->read_some(memory, list_va, raw, sizeof raw), sizeof raw);
    assert_int_equal(bt_memory_u64(memory, UINT64_C(0xfffff80000403000), &word, NULL),
                     BT_ABSENT);
}

static void check_whole(const struct reading *r, enum bt_format format)
{
    assert_int_equal(r->dump.crash->format, format);
    assert_int_equal(r->dump.crash->problem.code, BT_PROBLEM_NONE);
    assert_null(find_note(r->dump.crash, "pages-missing"));
    check_memory64(r);
}

static void full_dump_has_runs(void **state)
{
    (void)state;
    const uint64_t runs[][2] = {{1, 4}, {9, 2}, {12, 1}};
    make_header64(&b, 1);
    put32(&b, 0x88, 3);
    put64(&b, 0x90, PAGE_COUNT);
    for (size_t i = 0; i < 3; i++)
        put_words(0x98 + 16 * i, runs[i][0], runs[i][1]);
    put_pages64(0x2000);
    struct reading r = read_bytes(b.data, b.size);
    check_whole(&r, BT_FORMAT_KERNEL_FULL);
    end_reading(&r);
    r = read_bytes(b.data, b.size - 1); // the last page is incomplete
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_TRUNCATED);
    assert_string_equal(note_message(r.dump.crash, "pages-missing"),
                        "1 of 7 pages of memory are beyond the end of the file");
    check_memory64(&r);
    end_reading(&r);
}

static void put_bitmap(size_t at)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < PAGE_COUNT; i++)
        bits |= UINT32_C(1) << pages[i];
    put32(&b, at, bits);
}

static void bitmap_dumps_since_windows_8(void **state)
{
    (void)state;
    for (uint32_t type = 5; type <= 7; type++) {
        make_header64(&b, type);
        memset(b.data + 0x2000, 0, 0x38);
        put(&b, 0x2000, type == 5 ? "FDMPDUMP" : "SDMPDUMP", 8);
        put64(&b, 0x2020, 0x3000);
        put64(&b, 0x2028, PAGE_COUNT);
        put64(&b, 0x2030, 13);
        put_bitmap(0x2038);
        put_pages64(0x3000);
        struct reading r = read_bytes(b.data, b.size);
        check_whole(&r, BT_FORMAT_KERNEL_BITMAP);
        end_reading(&r);
    }
}

static void summary_dump_of_64_bits(void **state)
{
    (void)state;
    make_header64(&b, 2);
    memset(b.data + 0x2000, 0, 0x28);
    put(&b, 0x2000, "SDMPDUMP", 8);
    put32(&b, 0x200c, 0x3000);
    put32(&b, 0x2010, 13);
    put32(&b, 0x2014, PAGE_COUNT);
    put32(&b, 0x2018, 4);
    put_bitmap(0x2028);
    put_pages64(0x3000);
    struct reading r = read_bytes(b.data, b.size);
    check_whole(&r, BT_FORMAT_KERNEL_SUMMARY);
    end_reading(&r);
}

static void put_ranges(uint32_t type)
{
    const uint64_t ranges[][2] = {{1, 4}, {9, 2}, {12, 1}};
    make_header64(&b, type);
    put32(&b, 0x2000, 0x40);
    put(&b, 0x2004, "RDMPDUMP", 8);
    put64(&b, 0x2010, 0x1000 - 0x20);
    put64(&b, 0x2018, 0x3000);
    memset(b.data + 0x2020, 0, 0x1000 - 0x20);
    if (type == 10) {
        put32(&b, 0x2020, 3);
        put64(&b, 0x2028, PAGE_COUNT);
        put_words(0x2060, 0x555, 0x555); // behind the last range stands anything
    }
    for (size_t i = 0; i < 3; i++)
        put_words(0x2030 + 16 * i, ranges[i][0], ranges[i][1]);
    put_pages64(0x3000);
}

static void range_dumps_of_debuggers(void **state)
{
    (void)state;
    for (uint32_t type = 8; type <= 10; type++) {
        put_ranges(type);
        struct reading r = read_bytes(b.data, b.size);
        check_whole(&r, BT_FORMAT_KERNEL_RANGES);
        end_reading(&r);
        r = read_bytes(b.data, b.size - 0x1800);
        assert_int_equal(r.dump.crash->status, BT_READ_PARTIAL);
        assert_string_equal(note_message(r.dump.crash, "pages-missing"),
                            "2 of 7 pages of memory are beyond the end of the file");
        end_reading(&r);
    }
}

static void wild_range_keeps_the_ranges_before(void **state)
{
    (void)state;
    put_ranges(8);
    put_words(0x2030 + 32, 12, UINT64_MAX);
    struct reading r = read_bytes(b.data, b.size);
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_CORRUPT);
    check_memory64(&r);
    end_reading(&r);
}

static void wrong_root_is_said(void **state)
{
    (void)state;
    put_ranges(10);
    put64(&b, 0x10, 0x5000);
    struct reading r = read_bytes(b.data, b.size);
    assert_non_null(find_note(r.dump.crash, "page-tables-lead-nowhere"));
    end_reading(&r);
}

static void five_levels_are_recognised(void **state)
{
    (void)state;
    put_ranges(10);
    // Page 12 becomes the outermost table: bits 48 to 56 of the list's address are all set.
    put64(&b, page_offset(12, 0x3000) + 8 * 511, 0x1063);
    put64(&b, 0x10, 0xc000);
    struct reading r = read_bytes(b.data, b.size);
    check_whole(&r, BT_FORMAT_KERNEL_RANGES);
    end_reading(&r);
}

// The same pages on a 32-bit machine: a pointer table in page 1 (used by PAE), directories in
// pages 2 and 3, tables in page 4 (PAE) and 12.
static const bt_va list32 = 0x80401ff8;

static void put_pages32(size_t first_page, bool pae)
{
    memset(b.data + first_page, 0, PAGE_COUNT * 0x1000);
    b.size = first_page + PAGE_COUNT * 0x1000;
    if (pae) {
        put64(&b, page_offset(1, first_page) + 0x20 + 8 * 2, 0x2001);
        put64(&b, page_offset(2, first_page) + 8 * 2, 0x4063);
        put64(&b, page_offset(4, first_page) + 8 * 1, 0x9063);
        put64(&b, page_offset(4, first_page) + 8 * 2, 0xa063);
        put32(&b, 0x10, 0x1020);
    } else {
        put32(&b, page_offset(3, first_page) + 4 * 513, 0xc063);
        put32(&b, page_offset(12, first_page) + 4 * 1, 0x9063);
        put32(&b, page_offset(12, first_page) + 4 * 2, 0xa063);
        put32(&b, 0x10, 0x3000);
    }
    put32(&b, page_offset(9, first_page) + 0xff8, (uint32_t)list32 + 0x88);
    put32(&b, page_offset(10, first_page) + 0x84, (uint32_t)list32);
    put32(&b, 0x18, (uint32_t)list32);
}

static void make_summary32(bool pae)
{
    make_header32(&b, 2195, 2);
    put(&b, 0x5c, "P", 1); // not written
    memset(b.data + 0x1000, 0, 0x20);
    put(&b, 0x1000, "SDMPDUMP", 8);
    put32(&b, 0x100c, 0x2000);
    put32(&b, 0x1010, 13);
    put32(&b, 0x1014, PAGE_COUNT);
    put_bitmap(0x1020);
    put_pages32(0x2000, pae);
}

static void pae_is_found_out_by_trying(void **state)
{
    (void)state;
    for (unsigned pae = 0; pae < 2; pae++) {
        for (unsigned said = 0; said < 3; said++) {
            make_summary32(pae);
            if (said < 2)
                put(&b, 0x5c, said == 1 ? "\1" : "\0", 1);
            struct reading r = read_bytes(b.data, b.size);
            uint32_t word = 0;
            assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_NONE);
            assert_int_equal(r.dump.crash->format, BT_FORMAT_KERNEL_SUMMARY);
            assert_int_equal(r.dump.crash->system.pae, pae);
            assert_int_equal(bt_memory_u32(r.dump.memory, list32, &word, NULL), BT_OK);
            assert_int_equal(word, list32 + 0x88);
            end_reading(&r);
        }
    }
}

// The first bits of a classic bitmap stand where the newer header has its numbers.
static void bits_that_look_like_numbers_are_bits(void **state)
{
    (void)state;
    make_summary32(false);
    put32(&b, 0xf88, 0); // no type
    put32(&b, 0x1010, 0x60);
    put64(&b, 0x1020, UINT64_C(0x0000ffffffff0000)); // a first page far away
    put64(&b, 0x1028, 0xf);
    put64(&b, 0x1030, 0);
    struct reading r = read_bytes(b.data, b.size);
    assert_int_equal(r.dump.crash->format, BT_FORMAT_KERNEL_SUMMARY);
    assert_null(find_note(r.dump.crash, "memory-bitmap"));
    end_reading(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_dump_has_runs),
        cmocka_unit_test(bitmap_dumps_since_windows_8),
        cmocka_unit_test(summary_dump_of_64_bits),
        cmocka_unit_test(range_dumps_of_debuggers),
        cmocka_unit_test(wild_range_keeps_the_ranges_before),
        cmocka_unit_test(wrong_root_is_said),
        cmocka_unit_test(five_levels_are_recognised),
        cmocka_unit_test(bits_that_look_like_numbers_are_bits),
        cmocka_unit_test(pae_is_found_out_by_trying),
    };
    return cmocka_run_group_tests_name("memory_bodies", tests, NULL, NULL);
}
