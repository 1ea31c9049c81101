// SPDX-License-Identifier: MIT
#include "report/formats.h"
#include "sample_output.h"

#include "test.h"

static void facts_stand_under_the_names_of_the_schema(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "{\"@timestamp\":\"2009-11-02T08:14:55Z\",\"ecs\":{\"version\":",
        "\"event\":{\"kind\":\"event\",\"category\":[\"host\",\"driver\"]",
        "\"code\":\"0x000000d6\"",
        "\"error\":{\"code\":\"0x000000d6\",\"type\":\"DRIVER_PAGE_FAULT_BEYOND_END_OF_",
        "\"host\":{\"architecture\":\"x86_64\",\"os\":{\"type\":\"windows\"",
        "\"process\":{\"name\":\"System\",\"pid\":4}",
        "\"file\":{\"path\":\"MEMORY.DMP\",\"size\":287104}",
        "\"dll\":{\"name\":\"mountmgr.sys\",\"pe\":{\"file_version\":\"6.0.6002.18005\"}}",
        "\"parameters\":[\"0xfffff98004c8f000\",\"0x0\",",
    };
    bt_report_ecs(&sample.result, &(struct bt_report_options){0}, &out);
    for (size_t i = 0; i < BT_COUNT(parts); i++)
        assert_non_null(strstr(bt_buf_cstr(&out), parts[i]));
    assert_null(strstr(bt_buf_cstr(&out), "null"));
    assert_null(strchr(bt_buf_cstr(&out), '\n'));
}

static void bulk_identity_is_the_content(void **state)
{
    (void)state;
    sample.result.input.sha256 = "00ff";
    bt_report_es_bulk(&sample.result, &(struct bt_report_options){0}, &out);
    static const char action[] = "{\"index\":{\"_id\":\"00ff\"}}\n{\"@timestamp\"";
    assert_memory_equal(bt_buf_cstr(&out), action, sizeof action - 1);
    sample.result.input.sha256 = NULL;
    bt_buf_clear(&out);
    bt_report_es_bulk(&sample.result, &(struct bt_report_options){0}, &out);
    assert_memory_equal(bt_buf_cstr(&out), "{\"index\":{}}\n", 13);
}

static const char *action_of(const char *path, const char *member, char ret[256])
{
    sample.result.input.path = path;
    sample.result.input.member = member;
    bt_buf_clear(&out);
    bt_report_es_bulk(&sample.result, &(struct bt_report_options){0}, &out);
    size_t size = strcspn(bt_buf_cstr(&out), "\n");
    assert_in_range(size, 1, 255);
    memcpy(ret, bt_buf_cstr(&out), size);
    ret[size] = '\0';
    return ret;
}

static void bulk_identity_of_what_could_not_be_read_is_its_place_too(void **state)
{
    (void)state;
    char a[256], b[256], c[256], again[256];
    sample.crash = (struct bt_crash){.status = BT_READ_UNREADABLE};
    sample.result = (struct bt_result){.crash = &sample.crash, .input = {.sha256 = "00ff"}};
    action_of("a/empty.dmp", NULL, a);
    action_of("b/empty.dmp", NULL, b);
    action_of("a/empty.dmp", "x.dmp", c);
    action_of("a/empty.dmp", NULL, again);
    static const char head[] = "{\"index\":{\"_id\":\"00ff-";
    assert_memory_equal(a, head, sizeof head - 1);
    assert_string_not_equal(a, b);
    assert_string_not_equal(a, c);
    assert_string_equal(a, again);
}

static void host_has_the_name_that_a_file_beside_the_dump_tells(void **state)
{
    (void)state;
    sample.crash.machine.name = "SRV01";
    bt_report_ecs(&sample.result, &(struct bt_report_options){0}, &out);
    assert_non_null(strstr(bt_buf_cstr(&out), "\"host\":{\"name\":\"SRV01\","));
}

static void unreadable_input_has_no_empty_fields(void **state)
{
    (void)state;
    sample.crash = (struct bt_crash){.status = BT_READ_UNREADABLE,
                                     .problem = {BT_PROBLEM_EMPTY, "it is empty", 0}};
    sample.result = (struct bt_result){.crash = &sample.crash, .input = {.path = "x.dmp"}};
    bt_report_ecs(&sample.result, &(struct bt_report_options){0}, &out);
    assert_non_null(strstr(bt_buf_cstr(&out), "\"outcome\":\"failure\""));
    assert_non_null(strstr(bt_buf_cstr(&out), "\"message\":\"it is empty\""));
    assert_null(strstr(bt_buf_cstr(&out), "@timestamp"));
    assert_null(strstr(bt_buf_cstr(&out), "null"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(facts_stand_under_the_names_of_the_schema, start,
                                        finish),
        cmocka_unit_test_setup_teardown(bulk_identity_is_the_content, start, finish),
        cmocka_unit_test_setup_teardown(
            bulk_identity_of_what_could_not_be_read_is_its_place_too, start, finish),
        cmocka_unit_test_setup_teardown(host_has_the_name_that_a_file_beside_the_dump_tells,
                                        start, finish),
        cmocka_unit_test_setup_teardown(unreadable_input_has_no_empty_fields, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
