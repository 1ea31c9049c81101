// SPDX-License-Identifier: MIT
//
// What a record says where; that records fit the schema is checked on whole outputs
// (tests/cli).
#include "report/report.h"

#include "sample_output.h"

#include "test.h"

static const char *write_json(struct bt_report_options options)
{
    bt_buf_clear(&out);
    bt_report_json(&sample.result, &options, &out);
    return bt_buf_cstr(&out);
}

static void assert_has(const char *record, const char *part)
{
    if (strstr(record, part) == NULL)
        fail_msg("not in the record: %s\n%s", part, record);
}

static void record_is_one_line_that_starts_with_its_schema(void **state)
{
    (void)state;
    const char *record = write_json((struct bt_report_options){0});
    assert_int_equal(strncmp(record, "{\"schema\":\"bugtriage.record/1\",\"tool\":{", 39), 0);
    assert_null(strchr(record, '\n'));
    assert_int_equal(record[strlen(record) - 1], '}');
}

static void stop_has_base_code_and_raw_code(void **state)
{
    (void)state;
    const char *record = write_json((struct bt_report_options){0});
    assert_has(record, "\"stop\":{\"code\":\"0x000000d6\",\"raw\":\"0x100000d6\","
                       "\"name\":\"DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION\"");
    assert_has(record, "{\"value\":\"0xfffff80001e43a10\",\"role\":\"instruction\","
                       "\"kind\":\"instruction\",\"meaning\":null,\"status\":null,"
                       "\"module\":\"mountmgr.sys\",\"offset\":\"0x5a10\"");
    assert_has(record, "\"time\":\"2009-11-02T08:14:55Z\",\"uptime_seconds\":273600");
}

static void only_fitting_articles_are_matches_unless_all_is_asked_for(void **state)
{
    (void)state;
    assert_null(strstr(write_json((struct bt_report_options){0}), "\"Q1\""));
    assert_has(write_json((struct bt_report_options){.all = true}),
               "\"article\":\"Q1\",\"title\":\"Other\",\"url\":null,\"verdict\":\"none\"");
}

static void fix_file_without_a_published_version_has_null(void **state)
{
    (void)state;
    assert_has(write_json((struct bt_report_options){0}),
               "{\"name\":\"mountmgr.sys\",\"platform\":\"x64\",\"fixed_version\":null,"
               "\"size\":null,\"date\":null,\"found_version\":\"6.0.6002.18005\"");
}

static void published_date_has_a_clock_time_only_where_the_article_has_one(void **state)
{
    (void)state;
    bool date_only;
    sample.files[0].date.known =
        bt_parse_time("2005-10-22T04:48Z", &sample.files[0].date.value, &date_only);
    assert_has(write_json((struct bt_report_options){0}), "\"date\":\"2005-10-22T04:48:00Z\"");
    sample.files[0].date_only = true;
    assert_has(write_json((struct bt_report_options){0}), "\"date\":\"2005-10-22\",");
}

static void unreadable_input_has_null_for_the_crash_and_no_culprit(void **state)
{
    (void)state;
    struct bt_crash zero = {
        .status = BT_READ_UNREADABLE,
        .problem = {.code = BT_PROBLEM_ALL_ZERO, .message = "x", .offset = BT_NO_OFFSET}};
    sample.result.crash = &zero;
    sample.result.verdict = (struct bt_verdict){.reason = "nothing could be read"};
    sample.result.matches = (struct bt_match_list){0};
    const char *record = write_json((struct bt_report_options){0});
    assert_has(record, "\"status\":\"unreadable\",\"problem\":{\"code\":\"all-zero\","
                       "\"message\":\"x\",\"offset\":null},\"warnings\":[],\"crash\":null,");
    assert_has(record, "\"verdict\":{\"culprit\":null,\"reason\":\"nothing could be read\","
                       "\"candidates\":[]}");
    assert_has(record, "\"matches\":[],\"stack\":[],\"threads\":null,\"modules\":[],\"unloaded_"
                       "modules\":[],\"comment\":null,\"annotations\":[],\"handles\":[]}");
}

static void dropped_warnings_are_counted(void **state)
{
    (void)state;
    sample.crash.notes.items[0] = (struct bt_note){"driver-list-cut", "m", 0x1234};
    sample.crash.notes.count = 1;
    sample.crash.notes.dropped = 2;
    assert_has(write_json((struct bt_report_options){0}),
               "\"warnings\":[{\"code\":\"driver-list-cut\",\"message\":\"m\",\"offset\":4660},"
               "{\"code\":\"more-warnings\",\"message\":\"2 more warnings are not listed\","
               "\"offset\":null}]");
}

static void frame_in_an_unloaded_module_names_it(void **state)
{
    (void)state;
    sample.frames[0] = (struct bt_frame){.address = 0xfffff80002000010,
                                         .unloaded = &sample.unloaded[0],
                                         .trust = BT_TRUST_CONTEXT};
    assert_has(
        write_json((struct bt_report_options){0}),
        "\"stack\":[{\"frame\":0,\"address\":\"0xfffff80002000010\","
        "\"module\":\"dump_storport\",\"offset\":\"0x10\",\"function\":null,"
        "\"origin\":null,\"file\":null,\"line\":null,\"trust\":\"context\",\"inlined\":false,"
        "\"interrupted\":false,\"other_stack\":false,"
        "\"unloaded\":true}]");
}

static void debug_id_is_the_guid_in_reading_order(void **state)
{
    (void)state;
    // The GUID 00112233-4455-6677-8899-aabbccddeeff as a file stores it.
    const uint8_t stored[16] = {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
                                0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    memcpy(sample.modules[0].pdb_guid, stored, sizeof stored);
    sample.modules[0].pdb_name = "ntkrnlmp.pdb";
    sample.modules[0].pdb_age = 1;
    assert_has(
        write_json((struct bt_report_options){0}),
        "\"pdb\":\"ntkrnlmp.pdb\",\"debug_id\":\"00112233-4455-6677-8899-aabbccddeeff-1\"");
}

static void explained_code_has_no_input(void **state)
{
    (void)state;
    sample.result.input.path = NULL;
    assert_has(write_json((struct bt_report_options){0}), "\"input\":null,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(record_is_one_line_that_starts_with_its_schema, start,
                                        finish),
        cmocka_unit_test_setup_teardown(stop_has_base_code_and_raw_code, start, finish),
        cmocka_unit_test_setup_teardown(
            only_fitting_articles_are_matches_unless_all_is_asked_for, start, finish),
        cmocka_unit_test_setup_teardown(fix_file_without_a_published_version_has_null, start,
                                        finish),
        cmocka_unit_test_setup_teardown(
            published_date_has_a_clock_time_only_where_the_article_has_one, start, finish),
        cmocka_unit_test_setup_teardown(unreadable_input_has_null_for_the_crash_and_no_culprit,
                                        start, finish),
        cmocka_unit_test_setup_teardown(dropped_warnings_are_counted, start, finish),
        cmocka_unit_test_setup_teardown(frame_in_an_unloaded_module_names_it, start, finish),
        cmocka_unit_test_setup_teardown(debug_id_is_the_guid_in_reading_order, start, finish),
        cmocka_unit_test_setup_teardown(explained_code_has_no_input, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
