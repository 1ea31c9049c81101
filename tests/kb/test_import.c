// SPDX-License-Identifier: MIT
#include "kb/import/import.h"

#include <string.h>

#include "base/text.h"
#include "kb/import/characters.h"

#include "test.h"

static struct bt_kb *kb;
static struct bt_arena *arena;
static struct bt_import_draft draft;
static struct bt_buf written;

static int open_kb(void **state)
{
    (void)state;
    struct bt_error err;
    kb = bt_kb_new();
    return kb == NULL || bt_kb_add_builtin(kb, &err) != BT_OK;
}

static int close_kb(void **state)
{
    (void)state;
    bt_kb_free(kb);
    return 0;
}

static int start(void **state)
{
    (void)state;
    arena = bt_arena_new(64 << 20);
    bt_buf_init(&written, 1 << 20);
    return arena == NULL;
}

static int finish(void **state)
{
    (void)state;
    bt_buf_fini(&written);
    bt_arena_free(arena);
    return 0;
}

static enum bt_status import_bytes(const char *text, size_t size, struct bt_error *err)
{
    struct bt_span bytes = {.data = (const uint8_t *)text, .size = size};
    enum bt_status st = bt_import_read(kb, bytes, arena, &draft, err);
    if (st == BT_OK)
        bt_import_write(&draft, &written);
    return st;
}

static const char *import(const char *text)
{
    struct bt_error err;
    assert_int_equal(import_bytes(text, strlen(text), &err), BT_OK);
    return bt_buf_cstr(&written);
}

static void a_character_is_what_a_reader_sees(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t taken;
        uint32_t code_point;
    } cases[] = {
        {"&#48;1", 5, '0'},
        {"&#x30;1", 6, '0'},
        {"&#X41;", 6, 'A'},
        {"&amp;#48;", 5, '&'},
        {"&nbsp;x", 6, ' '},
        {"&#160;", 6, ' '},
        {"&ndash;", 7, '-'},
        {"&#8209;", 7, '-'},
        {"&#150;", 6, '-'},
        {"&shy;", 5, 0},
        {"&#13;", 5, 0},
        {"&#x2028;", 8, '\n'},
        {"& more;", 1, '&'},
        {"&unheard;", 1, '&'},
        {"&#xd800;", 1, '&'},
        {"&#x110000;", 1, '&'},
        {"&#;", 1, '&'},
        {"&#x;", 1, '&'},
        {"&#0;", 1, '&'},
        {"&;", 1, '&'},
        {"&#99999999999999;", 1, '&'},
        {"\xc2\xa0", 2, ' '},
        {"\xa0", 1, ' '},
        {"\x96", 1, '-'},
        {"\xe9t", 1, 0xe9},
        {"\xc3\xa9", 2, 0xe9},
        {"\xe2\x80\x8b", 3, 0},
        {"\xe2\x80\xa8", 3, '\n'},
        {"\xe2\x80\x9cx", 3, '"'},
        {"&", 1, '&'},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t code_point = 1;
        size_t taken = bt_import_character(cases[i].text, strlen(cases[i].text), &code_point);
        if (taken != cases[i].taken || code_point != cases[i].code_point)
            fail_msg("%s: %zu bytes, U+%04X", cases[i].text, taken, (unsigned)code_point);
    }
}

static void entities_hide_no_fact(void **state)
{
    (void)state;
    const char *text =
        import("---\nlayout: page\n---\n## Q999999: A&amp;B\n\tSYMPTOMS\n\t========\n\n"
               "\tSTOP 0x&#48;000000&#x41; (0x1&comma;&nbsp;0x2, 0x0&#44;0x8&#48;1)\n"
               "\tThe file is made&#45;up&period;sys.\n\n"
               "\tmade&#x2d;up.sys&nbsp;4.0.1381&#46;7001 50&#44;688 10/22/99\n");
    assert_non_null(strstr(text, "title: TODO in your own words # the text's: A&B\n"));
    assert_non_null(strstr(text, "  - code: 0x0A # line 8\n"
                                 "    sample: [0x1, 0x2, 0x0, 0x801]"));
    assert_non_null(strstr(text, "{name: made-up.sys, version: 4.0.1381.7001, size: 50688, "
                                 "date: 1999-10-22}"));
}

static void lines_keep_their_numbers_behind_entities_of_line_breaks(void **state)
{
    (void)state;
    const char *text =
        import("DOCUMENT:Q999999\nSYMPTOMS\n========\na&#10;b\nSTOP 0x0000000A\n");
    assert_non_null(strstr(text, "code: 0x0A # line 5\n"));
}

static void a_comment_of_the_draft_stays_one_line(void **state)
{
    (void)state;
    // YAML breaks lines at these three too.
    const char *text =
        import("DOCUMENT:Q999999\nTITLE :a\xe2\x80\xa8"
               "b\xc2\x85"
               "c\xe2\x80\xa9"
               "d\n"
               "SYMPTOMS\n========\nx&#x2028;stop: bad &#x85;\nSTOP 0x0000000A\n");
    assert_null(strstr(text, "\xe2\x80\xa8"));
    assert_null(strstr(text, "\xe2\x80\xa9"));
    assert_null(strstr(text, "\xc2\x85"));
    assert_null(strstr(text, "\nstop: bad"));
}

static void an_excerpt_ends_with_a_whole_character(void **state)
{
    (void)state;
    struct bt_buf text;
    bt_buf_init(&text, 4096);
    bt_buf_text(&text, "DOCUMENT:Q999999\nSYMPTOMS\n========\nSTOP 0x0000000A ");
    for (size_t i = 0; i < 150; i++)
        bt_buf_text(&text, "\xc3\xa9");
    bt_buf_text(&text, "\n");
    const char *draft_text = import(bt_buf_cstr(&text));
    for (size_t i = 0; draft_text[i] != '\0';) {
        uint32_t code_point;
        size_t left = strlen(draft_text + i);
        i += bt_utf8_decode(draft_text + i, left < 8 ? left : 8, &code_point);
        assert_int_not_equal(code_point, 0xfffd);
    }
    bt_buf_fini(&text);
}

static void a_sentence_with_a_file_and_a_number_is_no_row(void **state)
{
    (void)state;
    const char *text = import("DOCUMENT:Q999999\nSYMPTOMS\n========\nSTOP 0x0000000A\n"
                              "Run madeup.exe against the host 10.20.30.40 and wait a while.\n"
                              "Version 6.0.6002.386 is not affected.\n");
    assert_null(strstr(text, "files:"));
    assert_null(strstr(text, "6002.386 # line"));
    assert_non_null(strstr(text, "#   madeup.exe # line 5\n"));
}

static void what_is_no_text_is_told(void **state)
{
    (void)state;
    struct bt_error err;
    assert_int_equal(import_bytes("MZ\0\0binary", 10, &err), BT_ABSENT);
    assert_non_null(strstr(err.message, "zero bytes"));
    assert_int_equal(import_bytes("\xff\xfe"
                                  "D\0O\0C\0",
                                  8, &err),
                     BT_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "UTF-8"));
    assert_int_equal(import_bytes("hello", 5, &err), BT_ABSENT);
    assert_int_equal(import_bytes("", 0, &err), BT_ABSENT);
}

static void a_mark_in_front_of_the_text_changes_nothing(void **state)
{
    (void)state;
    const char *text = import("\xef\xbb\xbf"
                              "DOCUMENT:Q999999\r\nSYMPTOMS\r\n========\r\n"
                              "STOP 0x0000000A\r\n");
    assert_non_null(strstr(text, "# Draft from a classic text."));
    assert_non_null(strstr(text, "id: Q999999\n"));
}

#define IMPORT_TEST(f) cmocka_unit_test_setup_teardown(f, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_character_is_what_a_reader_sees),
        IMPORT_TEST(entities_hide_no_fact),
        IMPORT_TEST(lines_keep_their_numbers_behind_entities_of_line_breaks),
        IMPORT_TEST(a_comment_of_the_draft_stays_one_line),
        IMPORT_TEST(an_excerpt_ends_with_a_whole_character),
        IMPORT_TEST(a_sentence_with_a_file_and_a_number_is_no_row),
        IMPORT_TEST(what_is_no_text_is_told),
        IMPORT_TEST(a_mark_in_front_of_the_text_changes_nothing),
    };
    return cmocka_run_group_tests(tests, open_kb, close_kb);
}
