// SPDX-License-Identifier: MIT
#include "batch/json_scan.h"

#include "test.h"

static struct bt_json_scan scan_text(const char *text)
{
    return bt_json_scan(text, strlen(text));
}

static void nested_value_is_skipped_whole(void **state)
{
    (void)state;
    struct bt_json_scan s =
        scan_text("{\"a\":{\"b\":[1,\"}]\\\"\",{\"c\":null}]},\"d\":\"yes\"}");
    struct bt_slice key;
    assert_true(bt_json_enter_object(&s));
    assert_true(bt_json_next_key(&s, &key));
    assert_true(bt_slice_is(key, "a"));
    bt_json_skip(&s);
    assert_true(bt_json_next_key(&s, &key));
    assert_true(bt_slice_is(key, "d"));
    assert_true(bt_slice_is(bt_json_take_text(&s), "yes"));
    assert_false(bt_json_next_key(&s, &key));
    assert_false(s.failed);
    assert_int_equal(s.at, s.end);
}

// A quote or a backslash at every place of a word of eight bytes.
static void string_ends_at_its_quote_wherever_it_stands(void **state)
{
    (void)state;
    for (size_t length = 0; length < 40; length++) {
        char text[64] = "\"";
        memset(text + 1, 'x', length);
        memcpy(text + 1 + length, "\" \"tail\"", sizeof "\" \"tail\"");
        struct bt_json_scan s = scan_text(text);
        assert_int_equal(bt_json_take_text(&s).size, length);
        if (length >= 2) {
            text[length - 1] = '\\';
            text[length] = '"';
            s = scan_text(text);
            assert_int_equal(bt_json_take_text(&s).size, length);
        }
    }
}

static void other_kind_than_expected_is_skipped(void **state)
{
    (void)state;
    struct bt_json_scan s = scan_text("[\"1\",2,null,{\"x\":[]},true,7]");
    uint64_t number = 99;
    bool flag = false;
    assert_true(bt_json_enter_array(&s));
    assert_true(bt_json_next_item(&s));
    assert_false(bt_json_take_number(&s, &number));
    assert_true(bt_json_next_item(&s));
    assert_null(bt_json_take_text(&s).text);
    assert_true(bt_json_next_item(&s));
    assert_false(bt_json_enter_object(&s));
    assert_true(bt_json_next_item(&s));
    assert_false(bt_json_enter_array(&s));
    assert_true(bt_json_next_item(&s));
    assert_true(bt_json_take_bool(&s, &flag));
    assert_true(flag);
    assert_true(bt_json_next_item(&s));
    assert_true(bt_json_take_number(&s, &number));
    assert_int_equal(number, 7);
    assert_false(bt_json_next_item(&s));
    assert_false(s.failed);
}

static void cut_text_fails_at_every_length(void **state)
{
    (void)state;
    static const char whole[] = "{\"a\":[1,{\"b\":\"c\\u0041\"}],\"d\":true}";
    for (size_t size = 0; size < sizeof whole - 1; size++) {
        struct bt_json_scan s = bt_json_scan(whole, size);
        assert_false(bt_json_skip_whole(&s));
        s = bt_json_scan(whole, size);
        struct bt_slice key;
        if (!bt_json_enter_object(&s))
            continue;
        while (bt_json_next_key(&s, &key))
            bt_json_skip(&s);
        assert_true(s.failed);
    }
}

static void garbage_never_runs_past_the_end(void **state)
{
    (void)state;
    static const char *const texts[] = {"{]",          "{\"a\"}", "{\"a\":}",  "[,,]",
                                        "}",           "\"\\",    "{,",        "[[[[[[",
                                        "{\"a\":\"\\", "nul",     "{\"a\" 1}", "{1:2}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct bt_json_scan s = scan_text(texts[i]);
        struct bt_slice key;
        if (bt_json_enter_object(&s)) {
            for (int n = 0; n < 10 && bt_json_next_key(&s, &key); n++)
                bt_json_skip(&s);
        }
        assert_true(s.at <= s.end);
    }
}

static void check_decoded(const char *raw, const char *expected)
{
    struct bt_buf out;
    bt_buf_init(&out, 1024);
    bt_json_decode((struct bt_slice){raw, strlen(raw)}, &out);
    assert_string_equal(bt_buf_cstr(&out), expected);
    bt_buf_fini(&out);
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    check_decoded("C:\\\\a\\/b\\n\\t\\\"", "C:\\a/b\n\t\"");
    check_decoded("\\u00e9\\u20ac", "\xc3\xa9\xe2\x82\xac");
    check_decoded("\\ud83d\\ude00", "\xf0\x9f\x98\x80");
    check_decoded("\\ud83d!", "\xef\xbf\xbd!"); // half a pair
    check_decoded("\\u0000", "\xef\xbf\xbd");   // would end the text
    check_decoded("\\u12", "\xef\xbf\xbd"
                           "12");
    check_decoded("\\u0x1f", "\xef\xbf\xbd"
                             "0x1f"); // no hexadecimal digits
    check_decoded("end\\", "end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_value_is_skipped_whole),
        cmocka_unit_test(string_ends_at_its_quote_wherever_it_stands),
        cmocka_unit_test(other_kind_than_expected_is_skipped),
        cmocka_unit_test(cut_text_fails_at_every_length),
        cmocka_unit_test(garbage_never_runs_past_the_end),
        cmocka_unit_test(escapes_are_decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
