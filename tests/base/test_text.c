// SPDX-License-Identifier: MIT
#include "base/text.h"

#include "test.h"
#include "test_arena.h"

static const char *from_utf16(const void *bytes, size_t size)
{
    const char *text = NULL;
    struct bt_span raw = {.data = bytes, .size = size};
    assert_int_equal(bt_text_utf16(raw, arena, &text, NULL), BT_OK);
    return text;
}

static void utf16_keeps_pairs_and_replaces_lone_surrogates(void **state)
{
    (void)state;
    static const uint8_t pair[] = {0x3d, 0xd8, 0x00, 0xde}; // U+1F600
    static const uint8_t lone[] = {'a', 0, 0x3d, 0xd8, 'b', 0, 0x00, 0xde};
    assert_string_equal(from_utf16(pair, sizeof pair), "\xf0\x9f\x98\x80");
    assert_string_equal(from_utf16(lone, sizeof lone), "a\xef\xbf\xbd"
                                                       "b\xef\xbf\xbd");
}

static void utf16_ends_at_nul_and_drops_an_odd_byte(void **state)
{
    (void)state;
    static const uint8_t text[] = {'n', 0, 't', 0, 0, 0, 'x', 0};
    static const uint8_t odd[] = {'n', 0, 't'};
    assert_string_equal(from_utf16(text, sizeof text), "nt");
    assert_string_equal(from_utf16(odd, sizeof odd), "n");
    assert_string_equal(from_utf16(NULL, 0), "");
}

static void bytes_that_are_no_utf8_are_replaced(void **state)
{
    (void)state;
    static const uint8_t raw[] = {'a', 0xff, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 'z'};
    const char *text = NULL;
    struct bt_span span = {.data = raw, .size = sizeof raw};
    assert_int_equal(bt_text_bytes(span, arena, &text, NULL), BT_OK);
    assert_string_equal(text, "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                              "\xef\xbf\xbdz");
}

static void text_is_cut_between_characters(void **state)
{
    (void)state;
    static const char text[] = "a\xc2\xa9\xf0\x9f\x98\x80z"; // of 1, 2, 4 and 1 bytes
    static const size_t fits[] = {0, 1, 1, 3, 3, 3, 3, 7, 8, 8};
    for (size_t most = 0; most < BT_COUNT(fits); most++)
        assert_int_equal(bt_utf8_fit(text, strlen(text), most), fits[most]);
}

static void numbers_are_whole_or_refused(void **state)
{
    (void)state;
    uint64_t v = 7;
    assert_true(bt_parse_u64("0x7F", 4, &v) && v == 0x7f);
    assert_true(bt_parse_u64("239", 3, &v) && v == 239);
    assert_true(bt_parse_hex("fffff800`01e43a10", 17, &v) && v == UINT64_C(0xfffff80001e43a10));
    assert_true(bt_parse_hex("C000021A", 8, &v) && v == 0xc000021a);
    v = 7;
    assert_false(bt_parse_u64("", 0, &v));
    assert_false(bt_parse_u64("0x", 2, &v));
    assert_false(bt_parse_u64("12z", 3, &v));
    assert_false(bt_parse_u64("18446744073709551616", 20, &v));
    assert_false(bt_parse_hex("12345678`", 9, &v));
    assert_int_equal(v, 7);
}

static void basename_takes_both_slashes(void **state)
{
    (void)state;
    assert_string_equal(bt_basename("\\SystemRoot\\system32\\ntoskrnl.exe"), "ntoskrnl.exe");
    assert_string_equal(bt_basename("/usr/lib/libc.so"), "libc.so");
    assert_string_equal(bt_basename("plain"), "plain");
    assert_string_equal(bt_basename("dir\\"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf16_keeps_pairs_and_replaces_lone_surrogates),
        cmocka_unit_test(utf16_ends_at_nul_and_drops_an_odd_byte),
        cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
        cmocka_unit_test(text_is_cut_between_characters),
        cmocka_unit_test(numbers_are_whole_or_refused),
        cmocka_unit_test(basename_takes_both_slashes),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
