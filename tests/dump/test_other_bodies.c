// SPDX-License-Identifier: MIT
//
// Kernel dumps other than the small ones: named, and their size compared with what they say.
#include "dump/bytes.h"

#include "test.h"

static struct bytes b;

static void add_two_pages(void)
{
    put32(&b, 0x88, 1);
    put64(&b, 0x90, 2);
    put64(&b, 0x98, 1);
    put64(&b, 0xa0, 2);
}

static void cut_full_dump_keeps_its_stop_code(void **state)
{
    (void)state;
    make_header64(&b, 1);
    add_two_pages();
    struct reading r = read_bytes(b.data, 0x2000 + 0x1fff);
    const struct bt_crash *c = r.dump.crash;
    assert_int_equal(c->format, BT_FORMAT_KERNEL_FULL);
    assert_int_equal(c->status, BT_READ_PARTIAL);
    assert_int_equal(c->problem.code, BT_PROBLEM_TRUNCATED);
    assert_int_equal(c->problem.offset, 0x3fff);
    assert_int_equal(c->stop.code, 0xd6);
    end_reading(&r);
}

static void cut_bitmap_dump_is_noticed(void **state)
{
    (void)state;
    make_header64(&b, 6);
    put(&b, 0x2000, "SDMPDUMP", 8);
    put64(&b, 0x2020, 0x4000);
    put64(&b, 0x2028, 3);
    put64(&b, 0x2030, 0x40);
    put64(&b, 0x2038, UINT64_C(0x8100000000000001));
    struct reading r = read_bytes(b.data, 0x6fff);
    assert_int_equal(r.dump.crash->format, BT_FORMAT_KERNEL_BITMAP);
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_TRUNCATED);
    end_reading(&r);
    r = read_bytes(b.data, 0x7000);
    assert_int_not_equal(r.dump.crash->problem.code, BT_PROBLEM_TRUNCATED);
    end_reading(&r);
}

static void cut_summary_dump_is_noticed(void **state)
{
    (void)state;
    make_header32(&b, 3790, 2);
    put(&b, 0x1000, "SDMPDUMP", 8);
    put32(&b, 0x100c, 0x3000);
    put32(&b, 0x1010, 0x20);
    put32(&b, 0x1014, 2);
    put32(&b, 0x1020, 0x11);
    struct reading r = read_bytes(b.data, 0x4fff);
    assert_int_equal(r.dump.crash->format, BT_FORMAT_KERNEL_SUMMARY);
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_TRUNCATED);
    end_reading(&r);
}

static void cut_range_dump_is_noticed(void **state)
{
    (void)state;
    make_header64(&b, 10);
    put32(&b, 0x2000, 0x40);
    put(&b, 0x2004, "RDMPDUMP", 8);
    put64(&b, 0x2018, 0x3000);
    put64(&b, 0x2028, 2);
    struct reading r = read_bytes(b.data, 0x4fff);
    assert_int_equal(r.dump.crash->format, BT_FORMAT_KERNEL_RANGES);
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_TRUNCATED);
    end_reading(&r);
}

static void counts_that_wrap_are_corrupt(void **state)
{
    (void)state;
    make_header64(&b, 5);
    put(&b, 0x2000, "FDMPDUMP", 8);
    put64(&b, 0x2020, 0x4000);
    put64(&b, 0x2028, UINT64_MAX / 0x1000 + 1);
    struct reading r = read_bytes(b.data, 0x5000);
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_CORRUPT);
    assert_int_equal(r.dump.crash->stop.code, 0xd6);
    end_reading(&r);
}

static void header_without_type_is_an_nt4_dump(void **state)
{
    (void)state;
    make_header32(&b, 1381, 0);
    put(&b, 0xf88, "PAGE", 4);
    put32(&b, 0x64, 1);
    put32(&b, 0x68, 2);
    put32(&b, 0x6c, 1);
    put32(&b, 0x70, 2);
    struct reading r = read_bytes(b.data, 0x3000);
    assert_int_equal(r.dump.crash->format, BT_FORMAT_KERNEL_FULL);
    assert_int_not_equal(r.dump.crash->problem.code, BT_PROBLEM_TRUNCATED);
    assert_string_equal(r.dump.crash->system.version, "4.0.1381");
    end_reading(&r);
}

static void marks_of_a_body_correct_the_type(void **state)
{
    (void)state;
    static const uint32_t types[] = {0, 1, 8, 0x45474150};
    for (size_t i = 0; i < BT_COUNT(types); i++) {
        make_header64(&b, types[i]);
        add_two_pages();
        put(&b, 0x2000, "SDMPDUMP", 8);
        put64(&b, 0x2020, 0x4000);
        put64(&b, 0x2028, 0x40); // the two counts the wrong way round
        put64(&b, 0x2030, 3);
        put64(&b, 0x2038, UINT64_C(0x8100000000000001));
        struct reading r = read_bytes(b.data, 0x7000);
        assert_int_equal(r.dump.crash->format, BT_FORMAT_KERNEL_BITMAP);
        assert_int_not_equal(r.dump.crash->problem.code, BT_PROBLEM_TRUNCATED);
        end_reading(&r);
    }
}

static void header_alone_is_no_failure(void **state)
{
    (void)state;
    make_header64(&b, 3);
    struct reading r = read_bytes(b.data, 0x2000);
    assert_int_equal(r.dump.crash->format, BT_FORMAT_KERNEL_HEADER);
    assert_int_equal(r.dump.crash->status, BT_READ_OK);
    assert_non_null(find_note(r.dump.crash, "header-only"));
    end_reading(&r);
}

static void unknown_type_is_unsupported(void **state)
{
    (void)state;
    make_header64(&b, 77);
    struct reading r = read_bytes(b.data, 0x4000);
    assert_int_equal(r.dump.crash->format, BT_FORMAT_KERNEL_HEADER);
    assert_int_equal(r.dump.crash->status, BT_READ_PARTIAL);
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_UNSUPPORTED);
    end_reading(&r);
}

static void encrypted_dump_says_so(void **state)
{
    (void)state;
    make_header64(&b, 6);
    put32(&b, 0x1050, 0x100);
    struct reading r = read_bytes(b.data, 0x4000);
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_ENCRYPTED);
    assert_int_equal(r.dump.crash->stop.code, 0xd6);
    end_reading(&r);
}

static void header_cut_after_the_stop_code_is_partial(void **state)
{
    (void)state;
    make_header64(&b, 4);
    struct reading r = read_bytes(b.data, 0x1fff);
    assert_int_equal(r.dump.crash->status, BT_READ_PARTIAL);
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_TRUNCATED);
    assert_int_equal(r.dump.crash->format, BT_FORMAT_KERNEL_TRIAGE);
    end_reading(&r);
    r = read_bytes(b.data, 0x38);
    assert_int_equal(r.dump.crash->status, BT_READ_UNREADABLE);
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_TRUNCATED);
    end_reading(&r);
}

static void unfinished_header_is_reported(void **state)
{
    (void)state;
    make_header64(&b, 3);
    put(&b, 4, "PAGE", 4);
    struct reading r = read_bytes(b.data, 0x2000);
    assert_int_equal(r.dump.crash->status, BT_READ_PARTIAL);
    assert_int_equal(r.dump.crash->problem.code, BT_PROBLEM_CORRUPT);
    assert_int_equal(r.dump.crash->stop.code, 0xd6);
    end_reading(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_full_dump_keeps_its_stop_code),
        cmocka_unit_test(cut_bitmap_dump_is_noticed),
        cmocka_unit_test(cut_summary_dump_is_noticed),
        cmocka_unit_test(cut_range_dump_is_noticed),
        cmocka_unit_test(counts_that_wrap_are_corrupt),
        cmocka_unit_test(header_without_type_is_an_nt4_dump),
        cmocka_unit_test(marks_of_a_body_correct_the_type),
        cmocka_unit_test(header_alone_is_no_failure),
        cmocka_unit_test(unknown_type_is_unsupported),
        cmocka_unit_test(encrypted_dump_says_so),
        cmocka_unit_test(header_cut_after_the_stop_code_is_partial),
        cmocka_unit_test(unfinished_header_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
