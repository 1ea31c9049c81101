// SPDX-License-Identifier: MIT
#include "batch/tally.h"

#include "sample_records.h"

#include "test.h"

static const char NEEDED[] = "[{\"article\":\"KB1\",\"title\":\"T\",\"verdict\":\"probable\","
                             "\"fix\":{\"status\":\"needed\"}}]";
static const char INSTALLED[] = "[{\"article\":\"KB1\",\"title\":\"T\",\"verdict\":\"fixed\","
                                "\"fix\":{\"status\":\"installed\"}}]";

static struct bt_tally *start(const struct bt_tally_options *options)
{
    struct bt_tally *tally;
    assert_int_equal(bt_tally_new(options, &tally, NULL), BT_OK);
    return tally;
}

static void add(struct bt_tally *tally, const struct sample_record *record)
{
    char text[2048];
    make_record(record, text, sizeof text);
    assert_int_equal(bt_tally_add(tally, text, strlen(text), NULL), BT_OK);
}

static void add_three_dumps(struct bt_tally *tally)
{
    add(tally, &(struct sample_record){.path = "s/H1/a.dmp",
                                       .time = "2020-02-01T00:00:00Z",
                                       .group = "g-rare",
                                       .culprit = "rare.sys"});
    add(tally, &(struct sample_record){.path = "s/H1/b.dmp",
                                       .time = "2020-03-05T00:00:00Z",
                                       .group = "g-often",
                                       .culprit = "Often.sys",
                                       .matches = NEEDED});
    add(tally, &(struct sample_record){.path = "s/H2/c.dmp",
                                       .time = "2020-01-02T00:00:00Z",
                                       .group = "g-often",
                                       .culprit = "OFTEN.SYS",
                                       .matches = INSTALLED});
}

static void most_frequent_problem_comes_first(void **state)
{
    (void)state;
    struct bt_tally *tally = start(&(struct bt_tally_options){.machine_folder = 1});
    struct bt_run run;
    add_three_dumps(tally);
    assert_int_equal(bt_tally_finish(tally, &run, NULL), BT_OK);
    assert_int_equal(run.records, 3);
    assert_int_equal(run.problem_count, 2);
    const struct bt_run_problem *p = &run.problems[0];
    assert_string_equal(p->group, "g-often");
    assert_int_equal(p->dumps, 2);
    assert_int_equal(p->machines, 2);
    assert_true(p->first.value < p->last.value);
    assert_int_equal(bt_civil_from_filetime(p->first.value).month, 1);
    assert_int_equal(bt_civil_from_filetime(p->last.value).month, 3);
    assert_int_equal(p->article_count, 1);
    assert_int_equal(p->articles[0].best, BT_FIT_FIXED);
    assert_int_equal(p->articles[0].dumps, 2);
    assert_int_equal(p->articles[0].by_fix[BT_FIX_NEEDED], 1);
    assert_int_equal(p->articles[0].by_fix[BT_FIX_INSTALLED], 1);
    bt_tally_free(tally);
}

static void lists_are_counted_whatever_the_case(void **state)
{
    (void)state;
    struct bt_tally *tally = start(&(struct bt_tally_options){.machine_folder = 1});
    struct bt_run run;
    add_three_dumps(tally);
    assert_int_equal(bt_tally_finish(tally, &run, NULL), BT_OK);
    assert_int_equal(run.driver_count, 2);
    assert_string_equal(run.drivers[0].name, "Often.sys"); // as it was written first
    assert_int_equal(run.drivers[0].dumps, 2);
    assert_string_equal(run.drivers[0].detail, "Acme");
    assert_int_equal(run.machine_count, 2);
    assert_string_equal(run.machines[0].name, "H1");
    assert_int_equal(run.machines[0].problems, 2);
    assert_int_equal(run.system_count, 1);
    assert_string_equal(run.systems[0].name, "Windows Server 2008 SP2, x64");
    assert_int_equal(run.with_article, 2);
    bt_tally_free(tally);
}

static void days_span_first_to_last(void **state)
{
    (void)state;
    struct bt_tally *tally = start(&(struct bt_tally_options){0});
    struct bt_run run;
    add_three_dumps(tally);
    assert_int_equal(bt_tally_finish(tally, &run, NULL), BT_OK);
    assert_int_equal(run.day_count, 30 + 29 + 5); // 2 January to 5 March of a leap year
    assert_int_equal(run.days[0], 1);
    assert_int_equal(run.days[30], 1);
    assert_int_equal(run.days[63], 1);
    assert_int_equal(bt_civil_from_filetime(run.day_first).day, 2);
    bt_tally_free(tally);
}

static void unreadable_and_damaged_are_counted_apart(void **state)
{
    (void)state;
    struct bt_tally *tally = start(&(struct bt_tally_options){.rows = true});
    struct bt_run run;
    add(tally, &(struct sample_record){.path = "x.dmp", .problem = "all-zero"});
    add(tally, &(struct sample_record){.path = "y.dmp", .problem = "all-zero"});
    assert_int_equal(bt_tally_add(tally, "{\"schema\":\"bugtri", 17, NULL), BT_OK);
    assert_int_equal(bt_tally_add(tally, "{\"other\":1}", 11, NULL), BT_OK);
    assert_int_equal(bt_tally_finish(tally, &run, NULL), BT_OK);
    assert_int_equal(run.records, 2);
    assert_int_equal(run.crashes, 0);
    assert_int_equal(run.damaged, 2);
    assert_int_equal(run.by_status[BT_READ_UNREADABLE], 2);
    assert_int_equal(run.unreadable_count, 1);
    assert_string_equal(run.unreadable[0].name, "all-zero");
    assert_string_equal(run.unreadable[0].detail, "x.dmp");
    assert_int_equal(run.row_count, 2);
    assert_true(run.rows[0].group == BT_RUN_NO_PROBLEM);
    bt_tally_free(tally);
}

static void since_leaves_out_older_and_undated(void **state)
{
    (void)state;
    bt_filetime since = bt_filetime_from_civil((struct bt_civil){2020, 2, 1, 0, 0, 0});
    struct bt_tally *tally = start(&(struct bt_tally_options){.since = bt_some64(since)});
    struct bt_run run;
    add_three_dumps(tally);
    add(tally, &(struct sample_record){.path = "z.dmp", .group = "g-rare"});
    assert_int_equal(bt_tally_finish(tally, &run, NULL), BT_OK);
    assert_int_equal(run.records, 2);
    assert_int_equal(run.too_old, 1);
    assert_int_equal(run.undated, 1);
    bt_tally_free(tally);
}

static void problem_outside_the_baseline_is_new(void **state)
{
    (void)state;
    struct bt_tally *tally = start(&(struct bt_tally_options){0});
    struct bt_run run;
    add_three_dumps(tally);
    assert_int_equal(bt_tally_baseline(tally, (struct bt_slice){"g-often", 7}, NULL), BT_OK);
    assert_int_equal(bt_tally_baseline(tally, (struct bt_slice){"g-gone", 6}, NULL), BT_OK);
    assert_int_equal(bt_tally_finish(tally, &run, NULL), BT_OK);
    assert_false(run.problems[0].is_new);
    assert_true(run.problems[1].is_new);
    assert_int_equal(run.new_problems, 1);
    assert_int_equal(run.gone_problems, 1);
    bt_tally_free(tally);
}

static void other_schema_is_refused(void **state)
{
    (void)state;
    static const char newer[] = "{\"schema\":\"bugtriage.record/2\"}";
    struct bt_tally *tally = start(&(struct bt_tally_options){0});
    struct bt_error err;
    assert_int_equal(bt_tally_add(tally, newer, sizeof newer - 1, &err), BT_E_UNSUPPORTED);
    bt_tally_free(tally);
    tally = start(&(struct bt_tally_options){0});
    add_three_dumps(tally);
    assert_int_equal(bt_tally_add(tally, newer, sizeof newer - 1, &err), BT_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "1 and 2"));
    bt_tally_free(tally);
}

static void example_holds_the_evidence(void **state)
{
    (void)state;
    static const char matches[] =
        "[{\"article\":\"KB1\",\"title\":\"T\",\"verdict\":\"strong\",\"evidence\":[{\"fact\":"
        "\"a\\u0020b\",\"result\":\"true\",\"detail\":null},{\"fact\":\"c\",\"result\":"
        "\"unknown\",\"detail\":\"d\"}],\"ask\":[\"why?\"],\"cause\":\"C\",\"fix\":null}]";
    struct bt_tally *tally = start(&(struct bt_tally_options){.examples = true});
    struct bt_run run;
    add(tally, &(struct sample_record){.path = "p.dmp", .group = "g", .matches = matches});
    assert_int_equal(bt_tally_finish(tally, &run, NULL), BT_OK);
    const struct bt_run_example *e = run.problems[0].example;
    assert_non_null(e);
    assert_string_equal(e->path, "p.dmp");
    assert_int_equal(e->advice_count, 1);
    assert_int_equal(e->advice[0].evidence_count, 2);
    assert_string_equal(e->advice[0].evidence[0].fact, "a b");
    assert_int_equal(e->advice[0].evidence[1].result, BT_UNKNOWN);
    assert_string_equal(e->advice[0].cause, "C");
    assert_string_equal(e->advice[0].ask[0], "why?");
    bt_tally_free(tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(most_frequent_problem_comes_first),
        cmocka_unit_test(lists_are_counted_whatever_the_case),
        cmocka_unit_test(days_span_first_to_last),
        cmocka_unit_test(unreadable_and_damaged_are_counted_apart),
        cmocka_unit_test(since_leaves_out_older_and_undated),
        cmocka_unit_test(problem_outside_the_baseline_is_new),
        cmocka_unit_test(other_schema_is_refused),
        cmocka_unit_test(example_holds_the_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
