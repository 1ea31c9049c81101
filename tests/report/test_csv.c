// SPDX-License-Identifier: MIT
#include "report/csv.h"

#include "report/formats.h"
#include "sample_result.h"

#include "test.h"

static struct bt_buf out;

static int start(void **state)
{
    (void)state;
    bt_buf_init(&out, 1 << 20);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    bt_buf_fini(&out);
    return 0;
}

static void check_cell(const char *text, const char *expected)
{
    struct bt_csv csv = {.out = &out};
    bt_buf_clear(&out);
    bt_csv_text(&csv, text);
    assert_string_equal(bt_buf_cstr(&out), expected);
}

static void cell_that_a_spreadsheet_would_compute_is_defused(void **state)
{
    (void)state;
    check_cell("=1+1", "\"'=1+1\"");
    check_cell("@SUM(A1)", "\"'@SUM(A1)\"");
    check_cell("-2", "\"'-2\"");
    check_cell("  +2", "\"'  +2\"");
    check_cell("\t=1", "\"' =1\"");
    check_cell("|calc", "\"'|calc\"");
    check_cell("ntfs.sys", "ntfs.sys");
}

static void separators_and_quotes_are_quoted(void **state)
{
    (void)state;
    check_cell("a,b", "\"a,b\"");
    check_cell("say \"x\"", "\"say \"\"x\"\"\"");
    check_cell("one\r\ntwo", "\"one  two\"");
    check_cell("a\xe2\x80\xae"
               "b\xff",
               "a\xef\xbf\xbd"
               "b\xef\xbf\xbd");
    check_cell(NULL, "");
}

static size_t count_cells(const char *line)
{
    size_t cells = 1;
    bool quoted = false;
    for (; *line != '\0' && *line != '\r'; line++) {
        quoted ^= *line == '"';
        cells += *line == ',' && !quoted;
    }
    return cells;
}

static void record_has_as_many_cells_as_the_head(void **state)
{
    (void)state;
    struct sample sample;
    fill_sample(&sample);
    bt_report_csv_head(&out);
    size_t cells = count_cells(bt_buf_cstr(&out));
    bt_buf_clear(&out);
    bt_report_csv(&sample.result, &(struct bt_report_options){0}, &out);
    assert_int_equal(count_cells(bt_buf_cstr(&out)), cells);
    assert_non_null(strstr(bt_buf_cstr(&out), ",0x000000d6,DRIVER_PAGE_FAULT"));
    assert_non_null(strstr(bt_buf_cstr(&out), ",2009-11-02T08:14:55Z,"));
    assert_non_null(strstr(bt_buf_cstr(&out), ",KB977153,strong,unknown,KB977153,1234abcd"));
    sample.crash = (struct bt_crash){.status = BT_READ_UNREADABLE,
                                     .problem = {BT_PROBLEM_EMPTY, "it is empty", 0}};
    sample.result = (struct bt_result){.crash = &sample.crash, .input = {.path = "x"}};
    bt_buf_clear(&out);
    bt_report_csv(&sample.result, &(struct bt_report_options){0}, &out);
    assert_int_equal(count_cells(bt_buf_cstr(&out)), cells);
    assert_non_null(strstr(bt_buf_cstr(&out), "unreadable,empty,"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cell_that_a_spreadsheet_would_compute_is_defused),
        cmocka_unit_test(separators_and_quotes_are_quoted),
        cmocka_unit_test(record_has_as_many_cells_as_the_head),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
