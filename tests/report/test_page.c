// SPDX-License-Identifier: MIT
#include "report/page.h"

#include "test.h"

static struct bt_buf out;
static struct bt_page page;

static int start(void **state)
{
    (void)state;
    bt_buf_init(&out, 4096);
    page = (struct bt_page){.out = &out, .width = 20, .utf8 = true};
    return 0;
}

static int finish(void **state)
{
    (void)state;
    bt_buf_fini(&out);
    return 0;
}

static void words_wrap_with_a_hanging_indentation(void **state)
{
    (void)state;
    bt_page_put(&page, BT_STYLE_PLAIN, "Label");
    bt_page_to(&page, 7);
    bt_page_wrap(&page, 7, "one two three four five");
    assert_string_equal(bt_buf_cstr(&out), "Label  one two three\n       four five");
}

static void line_feeds_of_a_text_are_spaces(void **state)
{
    (void)state;
    bt_page_wrap(&page, 0, "one\n two\tthree");
    assert_string_equal(bt_buf_cstr(&out), "one two three");
}

static void word_longer_than_the_line_stays_whole(void **state)
{
    (void)state;
    bt_page_wrap(&page, 2, "a abcdefghijklmnopqrstuvwxyz b");
    assert_string_equal(bt_buf_cstr(&out), "a\n  abcdefghijklmnopqrstuvwxyz\n  b");
}

static void columns_count_characters_and_not_bytes(void **state)
{
    (void)state;
    page.width = 5;
    bt_page_wrap(&page, 0, "\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4");
    assert_string_equal(bt_buf_cstr(&out), "\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4");
}

static void style_costs_no_columns(void **state)
{
    (void)state;
    page.colour = true;
    bt_page_put(&page, BT_STYLE_STRONG, "ab");
    assert_int_equal(page.column, 2);
    assert_string_equal(bt_buf_cstr(&out), "\x1b[1mab\x1b[0m");
}

static void style_without_colour_writes_nothing(void **state)
{
    (void)state;
    bt_page_put(&page, BT_STYLE_BAD, "ab");
    assert_string_equal(bt_buf_cstr(&out), "ab");
}

static void hostile_text_is_escaped_on_every_way_in(void **state)
{
    (void)state;
    page.width = 80;
    bt_page_put(&page, BT_STYLE_PLAIN, "\x1b");
    bt_page_putf(&page, BT_STYLE_PLAIN, "%s", "\x07");
    bt_page_wrap(&page, 0, "\x9b");
    assert_string_equal(bt_buf_cstr(&out), "\\x1b\\x07\\x9b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_wrap_with_a_hanging_indentation, start, finish),
        cmocka_unit_test_setup_teardown(line_feeds_of_a_text_are_spaces, start, finish),
        cmocka_unit_test_setup_teardown(word_longer_than_the_line_stays_whole, start, finish),
        cmocka_unit_test_setup_teardown(columns_count_characters_and_not_bytes, start, finish),
        cmocka_unit_test_setup_teardown(style_costs_no_columns, start, finish),
        cmocka_unit_test_setup_teardown(style_without_colour_writes_nothing, start, finish),
        cmocka_unit_test_setup_teardown(hostile_text_is_escaped_on_every_way_in, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
