// SPDX-License-Identifier: MIT
#include "report/json_writer.h"

#include "test.h"

static struct bt_buf out;
static struct bt_json json;

static int start(void **state)
{
    (void)state;
    bt_buf_init(&out, 4096);
    bt_json_init(&json, &out, 0, 0);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    bt_buf_fini(&out);
    return 0;
}

static void nested_values_get_commas_where_they_belong(void **state)
{
    (void)state;
    bt_json_object(&json, NULL);
    bt_json_array(&json, "a");
    bt_json_number(&json, NULL, 1);
    bt_json_object(&json, NULL);
    bt_json_end_object(&json);
    bt_json_array(&json, NULL);
    bt_json_end_array(&json);
    bt_json_end_array(&json);
    bt_json_bool(&json, "b", true);
    bt_json_null(&json, "c");
    bt_json_end_object(&json);
    assert_string_equal(bt_buf_cstr(&out), "{\"a\":[1,{},[]],\"b\":true,\"c\":null}");
}

static void indented_output_breaks_lines_but_not_empty_brackets(void **state)
{
    (void)state;
    bt_json_init(&json, &out, 2, 1);
    bt_json_object(&json, NULL);
    bt_json_text(&json, "a", "x");
    bt_json_array(&json, "b");
    bt_json_end_array(&json);
    bt_json_end_object(&json);
    assert_string_equal(bt_buf_cstr(&out), "{\n    \"a\": \"x\",\n    \"b\": []\n  }");
}

static void numbers_that_readers_would_lose_are_hex_strings(void **state)
{
    (void)state;
    bt_json_array(&json, NULL);
    bt_json_hex(&json, NULL, 0xfffff98004c8f000);
    bt_json_hex(&json, NULL, 0);
    bt_json_code(&json, NULL, 0x7e);
    bt_json_end_array(&json);
    assert_string_equal(bt_buf_cstr(&out), "[\"0xfffff98004c8f000\",\"0x0\",\"0x0000007e\"]");
}

static void unknown_values_are_null(void **state)
{
    (void)state;
    bt_json_array(&json, NULL);
    bt_json_text(&json, NULL, NULL);
    bt_json_opt_number(&json, NULL, (struct bt_opt32){0});
    bt_json_opt_number64(&json, NULL, (struct bt_opt64){0});
    bt_json_opt_code(&json, NULL, (struct bt_opt32){0});
    bt_json_opt_version(&json, NULL, (struct bt_opt64){0});
    bt_json_opt_time(&json, NULL, (struct bt_opt64){0});
    bt_json_opt_time(&json, NULL, bt_some64(1)); // the year 1601 is no time of a crash
    bt_json_end_array(&json);
    assert_string_equal(bt_buf_cstr(&out), "[null,null,null,null,null,null,null]");
}

static void known_values_are_written(void **state)
{
    (void)state;
    bt_json_array(&json, NULL);
    bt_json_opt_number(&json, NULL, bt_some32(UINT32_MAX));
    bt_json_opt_version(&json, NULL, bt_some64(bt_file_version_make(6, 0, 6002, 18005)));
    bt_json_opt_time(&json, NULL, bt_some64(bt_filetime_from_unix(0x4b0)));
    bt_json_opt_time(&json, NULL, bt_some64(bt_filetime_from_unix(1257149695)));
    bt_json_end_array(&json);
    // 1970 is before any dump of this kind was written.
    assert_string_equal(bt_buf_cstr(&out),
                        "[4294967295,\"6.0.6002.18005\",null,\"2009-11-02T08:14:55Z\"]");
}

static void text_is_escaped(void **state)
{
    (void)state;
    bt_json_object(&json, NULL);
    bt_json_text(&json, "a", "\x01\"");
    bt_json_end_object(&json);
    assert_string_equal(bt_buf_cstr(&out), "{\"a\":\"\\u0001\\\"\"}");
}

static void full_buffer_is_reported_and_not_overrun(void **state)
{
    (void)state;
    bt_buf_fini(&out);
    bt_buf_init(&out, 8);
    bt_json_array(&json, NULL);
    bt_json_text(&json, NULL, "longer than eight bytes");
    bt_json_end_array(&json);
    assert_int_equal(bt_buf_status(&out, NULL), BT_E_LIMIT);
    assert_true(out.size <= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nested_values_get_commas_where_they_belong, start,
                                        finish),
        cmocka_unit_test_setup_teardown(indented_output_breaks_lines_but_not_empty_brackets,
                                        start, finish),
        cmocka_unit_test_setup_teardown(numbers_that_readers_would_lose_are_hex_strings, start,
                                        finish),
        cmocka_unit_test_setup_teardown(unknown_values_are_null, start, finish),
        cmocka_unit_test_setup_teardown(known_values_are_written, start, finish),
        cmocka_unit_test_setup_teardown(text_is_escaped, start, finish),
        cmocka_unit_test_setup_teardown(full_buffer_is_reported_and_not_overrun, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
