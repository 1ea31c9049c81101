// SPDX-License-Identifier: MIT
//
// Summary, page and data of many dumps.
#include "report/html_parts.h"
#include "report/run.h"

#include "sample_run.h"

#include "test.h"

static struct bt_buf out;
static struct sample_run sample;
static const struct bt_run_options plain = {.width = 80, .utf8 = true};

static int start(void **state)
{
    (void)state;
    bt_buf_init(&out, 1 << 20);
    fill_sample_run(&sample);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    bt_buf_fini(&out);
    return 0;
}

static void has(const char *part)
{
    if (strstr(bt_buf_cstr(&out), part) == NULL)
        fail_msg("not found: %s\nin: %s", part, bt_buf_cstr(&out));
}

static void summary_names_what_to_fix_first(void **state)
{
    (void)state;
    bt_report_summary(&sample.run, &plain, &out);
    has("6 dumps: 5 crashes, 2 problems, 2 machines; 1 could not be read; 2020-02-28 to\n"
        "  2020-03-01\n");
    has("1 problem new since the baseline, 0 of the baseline gone\n");
    has("  4  0x000000d1 IRQL in <script>alert(1)</script>.sys\n     2 machines\n"
        "     KB1 (strong); fix needed on 3, installed on 1\n");
    has("  1  0x00000050 (not a known code)  NEW\n");
    has("  KB1  Stop & go\n    4 dumps, at best strong");
    has("  4  H1  2 problems\n  1  H2\n");
    has("  1  empty  x.dmp\n");
    has("made with 2 versions of the knowledge");
}

static void summary_of_nothing_says_so(void **state)
{
    (void)state;
    struct bt_run nothing = {.tool_version = "0.1.0"};
    bt_report_summary(&nothing, &plain, &out);
    assert_string_equal(bt_buf_cstr(&out),
                        "0 dumps: 0 crashes, 0 problems; 0 could not be read\n");
}

static void summary_tells_what_top_hides(void **state)
{
    (void)state;
    struct bt_run_options options = plain;
    options.top = 1;
    bt_report_summary(&sample.run, &options, &out);
    has("  ... and 1 more (--top)\n");
    assert_null(strstr(bt_buf_cstr(&out), "0x00000050"));
}

static void page_holds_no_markup_of_others(void **state)
{
    (void)state;
    bt_report_html(&sample.run, &(struct bt_run_options){.title = "</title>&"}, &out);
    const char *at = bt_buf_cstr(&out);
    size_t scripts = 0;
    while ((at = strstr(at, "<script")) != NULL) {
        scripts++;
        at++;
    }
    assert_int_equal(scripts, 1);
    has("&lt;script&gt;alert(1)&lt;/script&gt;.sys");
    has("<title>&lt;/title&gt;&amp;</title>");
    has("a&quot;b.dmp");
    has("href=\"https://example.org/?a=1&amp;b=2\"");
}

static void page_fetches_nothing(void **state)
{
    (void)state;
    sample.articles[0].url = "javascript:alert(1)";
    bt_report_html(&sample.run, &plain, &out);
    assert_null(strstr(bt_buf_cstr(&out), "javascript:"));
    assert_null(strstr(bt_buf_cstr(&out), " src="));
    assert_null(strstr(bt_buf_cstr(&out), "@import"));
    assert_null(strstr(bt_buf_cstr(&out), "url("));
    has("default-src 'none'");
}

static void totals_of_a_page_add_up(void **state)
{
    (void)state;
    sample.run.without_time = 1;
    bt_report_html(&sample.run, &plain, &out);
    assert_null(strstr(bt_buf_cstr(&out), "no crash"));
    has(" 1 crash without a time is not in it.");
    bt_buf_clear(&out);
    sample.run.records += 2;
    sample.run.by_status[BT_READ_OK] += 2;
    sample.run.without_crash = 2;
    bt_report_html(&sample.run, &plain, &out);
    has("<dt>dumps</dt><dd>8</dd>");
    has("<dt>crashes</dt><dd>5</dd>");
    has("<dt>no crash</dt><dd>2</dd>");
    has("<dt>not readable</dt><dd>1</dd>");
}

static void page_shows_evidence_rows_and_bars(void **state)
{
    (void)state;
    bt_report_html(&sample.run, &plain, &out);
    has("aria-label=\"Crashes by day, at most 4\"");
    has("<title>2020-02-29: 0</title>");
    has("aria-label=\"true\">✓</span>stop code 0xD1");
    has("aria-label=\"false\">✗</span>build &lt; 6002");
    has("aria-label=\"unknown\">?</span>fixed version");
    has("fix needed: 3");
    has("<tr data-status=\"ok\" data-problem=\"2\">");
    has("<tr data-status=\"unreadable\">");
    has("<rect class=\"needed\" x=\"0\" y=\"0\" width=\"750\"");
    has("<rect class=\"installed\" x=\"750\" y=\"0\" width=\"250\"");
}

static void page_of_nothing_is_a_page(void **state)
{
    (void)state;
    struct bt_run nothing = {.tool_version = "0.1.0"};
    bt_report_html(&nothing, &plain, &out);
    has("No dump tells when it was made.");
    has("No dump tells of a crash.");
    has("</html>");
}

static void long_spans_get_wider_bars(void **state)
{
    (void)state;
    static uint32_t days[40000];
    static const struct {
        size_t days;
        const char *label;
    } cases[] = {{62, "by day"}, {63, "by week"}, {1000, "by month"}, {40000, "by year"}};
    days[0] = 1;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        days[cases[i].days - 1] = 1;
        sample.run.days = days;
        sample.run.day_count = cases[i].days;
        sample.run.day_first = bt_filetime_from_civil((struct bt_civil){1990, 1, 1, 0, 0, 0});
        bt_buf_clear(&out);
        bt_html_time_chart(&out, &sample.run);
        has(cases[i].label);
        days[cases[i].days - 1] = 0;
    }
}

static void groups_are_data(void **state)
{
    (void)state;
    bt_report_groups_ndjson(&sample.run, &plain, &out);
    has("{\"group\":\"g1:d1\",\"code\":\"0x000000d1\",\"name\":\"IRQL\",");
    has("\"dumps\":4,\"machines\":2,\"first\":null,\"last\":null,\"new\":false");
    has("\"fix\":{\"unknown\":0,\"needed\":3,\"installed\":1}");
    bt_buf_clear(&out);
    bt_report_groups_csv(&sample.run, &plain, &out);
    has("g1:d1,4,2,,,no,0x000000d1,IRQL,<script>alert(1)</script>.sys,,KB1,strong,0,3,1,");
    has("g1:50,1,,,,yes,0x00000050,,,,,,,,,,\r\n");
    bt_buf_clear(&out);
    bt_report_groups_json(&sample.run, &plain, &out);
    has("\"schema\": \"bugtriage.groups/1\"");
    has("\"baseline\": {\n    \"new\": 1,\n    \"gone\": 0\n  }");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(summary_names_what_to_fix_first),
        TEST(summary_of_nothing_says_so),
        TEST(summary_tells_what_top_hides),
        TEST(page_holds_no_markup_of_others),
        TEST(page_fetches_nothing),
        TEST(totals_of_a_page_add_up),
        TEST(page_shows_evidence_rows_and_bars),
        TEST(page_of_nothing_is_a_page),
        TEST(long_spans_get_wider_bars),
        TEST(groups_are_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
