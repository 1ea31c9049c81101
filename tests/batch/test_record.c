// SPDX-License-Identifier: MIT
#include "batch/record.h"

#include "sample_records.h"

#include "test.h"

static void facts_of_a_record_are_found(void **state)
{
    (void)state;
    char text[2048];
    struct bt_record r;
    make_record(
        &(struct sample_record){
            .path = "a/b.dmp",
            .time = "2009-11-02T08:14:55Z",
            .group = "g1:x",
            .culprit = "acme.sys",
            .matches = "[{\"article\":\"KB1\",\"title\":\"T\",\"verdict\":\"strong\","
                       "\"fix\":{\"kind\":\"hotfix\",\"status\":\"needed\"}},"
                       "{\"article\":\"KB2\",\"verdict\":\"possible\",\"fix\":null},"
                       "{\"article\":\"KB3\",\"verdict\":\"none\"}]"},
        text, sizeof text);
    assert_true(bt_record_read(text, strlen(text), &r));
    assert_int_equal(r.schema, 1);
    assert_true(bt_slice_is(r.kb_version, "k1"));
    assert_true(bt_slice_is(r.path, "a/b.dmp"));
    assert_int_equal(r.size, 5);
    assert_true(bt_slice_is(r.status, "ok"));
    assert_true(r.time.value == bt_filetime_from_unix(1257149695));
    assert_true(bt_slice_is(r.code, "0x000000d1"));
    assert_false(r.is_exception);
    assert_true(bt_slice_is(r.system, "Windows Server 2008"));
    assert_true(bt_slice_is(r.service_pack, "2"));
    assert_true(bt_slice_is(r.culprit, "acme.sys")); // not the candidate
    assert_true(bt_slice_is(r.group, "g1:x"));
    assert_int_equal(r.match_count, 2); // what does not fit is no match
    assert_int_equal(r.matches[0].fit, BT_FIT_STRONG);
    assert_true(r.matches[0].has_fix);
    assert_int_equal(r.matches[0].fix, BT_FIX_NEEDED);
    assert_false(r.matches[1].has_fix);
}

static void order_of_keys_does_not_matter(void **state)
{
    (void)state;
    static const char text[] =
        "{\"unknown\":{\"group\":\"no\"},\"signature\":{\"exact\":\"e\",\"group\":\"g\"},"
        "\"crash\":{\"exception\":{\"name\":\"E\",\"code\":\"0xc0000005\"},\"stop\":"
        "{\"name\":\"S\",\"code\":\"0x0000007e\"}},\"schema\":\"bugtriage.record/1\"}";
    struct bt_record r;
    assert_true(bt_record_read(text, sizeof text - 1, &r));
    assert_int_equal(r.schema, 1);
    assert_true(bt_slice_is(r.group, "g"));
    assert_true(bt_slice_is(r.code, "0x0000007e")); // the stop is what happened
    assert_true(bt_slice_is(r.code_name, "S"));
    assert_false(r.is_exception);
}

static void exception_alone_is_the_code(void **state)
{
    (void)state;
    static const char text[] = "{\"schema\":\"bugtriage.record/1\",\"crash\":{\"stop\":null,"
                               "\"exception\":{\"code\":\"0xc0000005\",\"name\":\"AV\"}}}";
    struct bt_record r;
    assert_true(bt_record_read(text, sizeof text - 1, &r));
    assert_true(r.is_exception);
    assert_true(bt_slice_is(r.code, "0xc0000005"));
}

static void other_json_is_no_record(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}", "{\"schema\":\"other/1\"}", "{\"schema\":\"bugtriage.record/\"}",
        "{\"schema\":\"bugtriage.record/x\"}", "{\"schema\":7}"};
    struct bt_record r;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(bt_record_read(texts[i], strlen(texts[i]), &r));
        assert_int_equal(r.schema, 0);
    }
    assert_false(bt_record_read("[]", 2, &r));
    assert_false(bt_record_read("{\"schema\":\"bugtri", 17, &r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_of_a_record_are_found),
        cmocka_unit_test(order_of_keys_does_not_matter),
        cmocka_unit_test(exception_alone_is_the_code),
        cmocka_unit_test(other_json_is_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
