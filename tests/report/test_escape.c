// SPDX-License-Identifier: MIT
#include "report/escape.h"

#include "test.h"

static struct bt_buf out;

static int start(void **state)
{
    (void)state;
    bt_buf_init(&out, 4096);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    bt_buf_fini(&out);
    return 0;
}

static void check_terminal(const char *text, bool utf8, const char *expected, size_t columns)
{
    bt_buf_clear(&out);
    assert_int_equal(bt_escape_terminal(&out, text, strlen(text), utf8), columns);
    assert_string_equal(bt_buf_cstr(&out), expected);
    assert_int_equal(bt_escape_terminal(NULL, text, strlen(text), utf8), columns);
}

static void check_json(const char *text, size_t size, const char *expected)
{
    bt_buf_clear(&out);
    bt_escape_json(&out, text, size);
    assert_string_equal(bt_buf_cstr(&out), expected);
}

static void terminal_sequence_becomes_visible(void **state)
{
    (void)state;
    check_terminal("a\x1b[31mb", true, "a\\x1b[31mb", 10);
    check_terminal("\xc2\x9b"
                   "2J",
                   true, "\\x9b2J", 6); // C1 control sequence introducer
    check_terminal("\r\n\t\x7f", true, "\\x0d\\x0a\\x09\\x7f", 16);
}

static void reordering_and_hidden_characters_become_visible(void **state)
{
    (void)state;
    check_terminal("gpj\xe2\x80\xae.sys", true, "gpj\\u202e.sys", 13);
    check_terminal("\xe2\x81\xa6", true, "\\u2066", 6);
    check_terminal("\xe2\x80\x8b", true, "\\u200b", 6);
    check_terminal("\xf3\xa0\x81\x81", true, "\\U0e0041", 8);
}

static void windows_path_stays_as_it_is(void **state)
{
    (void)state;
    check_terminal("\\??\\C:\\Windows\\x.sys", true, "\\??\\C:\\Windows\\x.sys", 20);
}

static void other_letters_stay_only_where_the_screen_has_them(void **state)
{
    (void)state;
    check_terminal("\xc3\xa9\xe2\x82\xac", true, "\xc3\xa9\xe2\x82\xac", 2);
    check_terminal("\xc3\xa9\xe2\x82\xac", false, "\\xe9\\u20ac", 10);
}

static void byte_that_is_no_utf8_is_shown_as_a_byte(void **state)
{
    (void)state;
    check_terminal("a\xff"
                   "b\xc3",
                   true, "a\\xffb\\xc3", 10);
}

static void json_escapes_what_json_and_terminals_need(void **state)
{
    (void)state;
    check_json("a\"b\\c\n\x1b", 7, "a\\\"b\\\\c\\n\\u001b");
    check_json("\xe2\x80\xae", 3, "\\u202e");
    check_json("\xf3\xa0\x81\x81", 4, "\\udb40\\udc41");
    check_json("\x7f\xc2\x85", 3, "\\u007f\\u0085");
    check_json("\0", 1, "\\u0000");
}

static void json_replaces_what_is_no_utf8_and_keeps_the_replacement_itself(void **state)
{
    (void)state;
    check_json("a\xffz", 3, "a\xef\xbf\xbdz");
    check_json("\xef\xbf\xbd", 3, "\xef\xbf\xbd");
    check_json("\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); // a lone surrogate
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminal_sequence_becomes_visible),
        cmocka_unit_test(reordering_and_hidden_characters_become_visible),
        cmocka_unit_test(windows_path_stays_as_it_is),
        cmocka_unit_test(other_letters_stay_only_where_the_screen_has_them),
        cmocka_unit_test(byte_that_is_no_utf8_is_shown_as_a_byte),
        cmocka_unit_test(json_escapes_what_json_and_terminals_need),
        cmocka_unit_test(json_replaces_what_is_no_utf8_and_keeps_the_replacement_itself),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
