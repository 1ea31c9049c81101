// SPDX-License-Identifier: MIT
#include "report/report.h"

#include "sample_output.h"

#include "test.h"

static const char *write_text(struct bt_report_options options)
{
    bt_buf_clear(&out);
    bt_report_text(&sample.result, &options, &out);
    return bt_buf_cstr(&out);
}

static void plain_report_fits_a_screen_and_says_it_all(void **state)
{
    (void)state;
    assert_string_equal(
        write_text((struct bt_report_options){.width = 80}),
        "MEMORY.DMP   small kernel dump, x64, 280 KiB, complete\n"
        "\n"
        "STOP 0x000000D6 (0x100000D6)  DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION\n"
        "  A driver read or wrote past the end of its pool allocation.\n"
        "  1   0xfffff98004c8f000   address that was touched\n"
        "  2   0x0                  kind of access: read\n"
        "  3   0xfffff80001e43a10   instruction: mountmgr.sys+0x5a10\n"
        "  4   0x0                  reserved\n"
        "\n"
        "Crashed   2009-11-02 08:14:55 UTC, after 3 d 4 h, in System (4) on processor 2\n"
        "Windows   Server 2008 SP2, build 6002, x64, 8 processors\n"
        "Culprit   mountmgr.sys 6.0.6002.18005, high confidence: parameter 3 lies in it\n"
        "\n"
        "KB977153  strong match: Stop error when a volume is unmounted or a snapshot\n"
        "          deleted\n"
        "  for        stop code 0xD6, mountmgr.sys raised it\n"
        "  open       fixed version (never published)\n"
        "  ask        Was a volume unmounted just before?\n"
        "  cause      The mount manager takes a lock again without looking whether a\n"
        "             volume went.\n"
        "  fix        hotfix; restart needed; requires SP2; replaces nothing\n"
        "  files      mountmgr.sys (version not published)\n"
        "\n"
        "1 more article on 0xD6 does not fit (--all shows why)\n");
}

static void wide_page_puts_the_fit_at_the_right(void **state)
{
    (void)state;
    const char *text = write_text((struct bt_report_options){.width = 100});
    assert_non_null(strstr(text, "KB977153  Stop error when a volume is unmounted or a snapshot"
                                 " deleted                   strong match\n"));
}

static void all_shows_what_does_not_fit_and_why(void **state)
{
    (void)state;
    const char *text = write_text((struct bt_report_options){.all = true});
    assert_non_null(strstr(text, "Q1  Other"));
    assert_non_null(strstr(text, "  not so     arch == x86 (it is x64)\n"));
    assert_null(strstr(text, "--all"));
}

static void explain_gives_the_evidence_line_by_line(void **state)
{
    (void)state;
    const char *text = write_text((struct bt_report_options){.explain = true});
    assert_non_null(strstr(text, "  for        stop code 0xD6\n"));
    assert_non_null(strstr(text, "  for        mountmgr.sys raised it [decides]\n"));
    assert_non_null(strstr(text, "Check     Which volume was it?\n"));
}

static void reserved_parameters_of_one_value_share_a_line(void **state)
{
    (void)state;
    memset(&sample.result.stop.parameters[1], 0, 3 * sizeof sample.result.stop.parameters[1]);
    for (size_t i = 1; i < 4; i++)
        sample.result.stop.parameters[i].known = true;
    const char *text = write_text((struct bt_report_options){0});
    assert_non_null(strstr(text, "  2-4 0x0                  reserved\n"));
    sample.result.stop.parameters[2].value = 7;
    text = write_text((struct bt_report_options){0});
    assert_non_null(strstr(text, "  3   0x7                  reserved\n"));
}

static void fix_that_is_missing_is_said_with_both_versions(void **state)
{
    (void)state;
    sample.matches[0].fix.status = BT_FIX_NEEDED;
    sample.files[0].state = BT_FILE_NEEDED;
    sample.files[0].fixed_version = bt_some64(bt_file_version_make(6, 0, 6002, 22290));
    const char *text = write_text((struct bt_report_options){0});
    assert_non_null(strstr(text, "  fix        not installed; hotfix; restart needed;"));
    assert_non_null(strstr(
        text, "  files      mountmgr.sys 6.0.6002.18005 is older than 6.0.6002.22290\n"));
}

static void file_of_another_platform_is_left_out_unless_explained(void **state)
{
    (void)state;
    sample.files[0].platform = BT_ARCH_IA64;
    assert_null(strstr(write_text((struct bt_report_options){0}), "files"));
    const char *text = write_text((struct bt_report_options){.explain = true});
    assert_non_null(strstr(text, "  files      mountmgr.sys (version not published), ia64\n"));
}

static void lists_are_there_on_request(void **state)
{
    (void)state;
    assert_null(strstr(write_text((struct bt_report_options){0}), "dump_storport"));
    const char *text = write_text((struct bt_report_options){.modules = true, .stack = true});
    assert_non_null(strstr(text, "   0  0xfffff80001e43a10  mountmgr.sys+0x5a10  [scan]\n"));
    assert_non_null(strstr(text, "  mountmgr.sys  0xfffff80001e3e000-0xfffff80001e51fff  stamp "
                                 "49e02ac8  6.0.6002.18005\n"));
    assert_non_null(strstr(text, "  dump_storport 0xfffff80002000000-0xfffff80002007fff\n"));
}

static void unreadable_input_has_a_reason_and_no_verdict(void **state)
{
    (void)state;
    struct bt_crash empty = {
        .status = BT_READ_UNREADABLE,
        .problem = {.code = BT_PROBLEM_EMPTY, .message = "the file is empty", .offset = 0}};
    sample.result.crash = &empty;
    sample.result.matches = (struct bt_match_list){0};
    sample.result.input.size = 0;
    assert_string_equal(write_text((struct bt_report_options){0}),
                        "MEMORY.DMP   0 bytes\nunreadable (empty): the file is empty\n");
}

static void partial_input_says_what_is_missing(void **state)
{
    (void)state;
    sample.crash.status = BT_READ_PARTIAL;
    sample.crash.problem =
        (struct bt_problem){BT_PROBLEM_TRUNCATED, "the driver list is cut", 4096};
    sample.crash.notes.items[0] = (struct bt_note){"a", "first", 0};
    sample.crash.notes.items[1] = (struct bt_note){"b", "second", 0};
    sample.crash.notes.items[2] = (struct bt_note){"c", "third", 0};
    sample.crash.notes.count = 3;
    sample.crash.notes.dropped = 7;
    const char *text = write_text((struct bt_report_options){0});
    assert_non_null(strstr(text, "partial (truncated): the driver list is cut\n"));
    assert_non_null(strstr(text, "Warning   second\n          8 more (--explain)\n"));
    assert_null(strstr(text, "complete"));
    text = write_text((struct bt_report_options){.explain = true});
    assert_non_null(strstr(text, "Warning   third\n          7 more were not kept\n"));
}

static void explained_code_shows_only_what_is_known(void **state)
{
    (void)state;
    sample.result.input.path = NULL;
    sample.crash.time.known = false;
    sample.crash.uptime.known = false;
    sample.crash.process = (struct bt_process){0};
    sample.crash.processor.known = false;
    sample.crash.system = (struct bt_system){0};
    sample.result.stop.parameters[0].known = false;
    sample.result.stop.parameters[3].known = false;
    const char *text = write_text((struct bt_report_options){0});
    assert_int_equal(strncmp(text, "STOP 0x000000D6", 15), 0);
    assert_non_null(strstr(text, "  1   -                    address that was touched\n"));
    assert_null(strstr(text, "  4 "));
    assert_null(strstr(text, "Culprit"));
    assert_null(strstr(text, "Windows "));
}

static void hostile_names_reach_the_screen_escaped(void **state)
{
    (void)state;
    sample.crash.process.name = "\x1b]0;evil\x07";
    sample.modules[1].name = "\xe2\x80\xaesys.gpj";
    sample.result.input.path = "a\nb";
    const char *text = write_text((struct bt_report_options){.utf8 = true, .modules = true});
    assert_null(strchr(text, '\x1b'));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_non_null(strstr(text, "a\\x0ab   small"));
    assert_non_null(strstr(text, "\\x1b]0;evil\\x07 (4)"));
}

static void no_line_is_wider_than_the_page_and_colour_is_ascii_safe(void **state)
{
    (void)state;
    const char *text = write_text((struct bt_report_options){.width = 60, .explain = true});
    for (const char *line = text; *line != '\0';) {
        size_t size = strcspn(line, "\n");
        assert_true(size <= 60 || strstr(line, "STOP ") == line);
        line += size + 1;
    }
    for (const char *p = text; *p != '\0'; p++)
        assert_true(*p == '\n' || (*p >= ' ' && *p < 0x7f));
}

// The end of a title line of the articles below.
#define POSSIBLE                                                                               \
    "  Title                                                              possible\n"

// Two articles that wait for `first` and `second`.
static void make_alike(struct bt_evidence first, struct bt_evidence second)
{
    sample.evidence[0] = first;
    sample.evidence[1] = second;
    for (size_t i = 0; i < 2; i++) {
        sample.matches[i] = (struct bt_match){.article = i == 0 ? "KB1" : "KB2",
                                              .title = "Title",
                                              .fit = BT_FIT_POSSIBLE,
                                              .evidence = &sample.evidence[i],
                                              .evidence_count = 1};
    }
    sample.result.matches = (struct bt_match_list){
        .items = sample.matches, .count = 2, .fitting = 2, .mentions = 2, .same_signature = 2};
}

static void articles_alike_are_told_with_what_tells_them_apart(void **state)
{
    (void)state;
    make_alike((struct bt_evidence){"a.sys is loaded", BT_UNKNOWN, "no module list", true},
               (struct bt_evidence){"b.sys is loaded", BT_UNKNOWN, "no module list", true});
    const char *text = write_text((struct bt_report_options){.width = 80});
    assert_non_null(strstr(text,
                           "\n"
                           "2 articles fit alike; what tells them apart stands with each:\n"
                           "Because   no module list (2 of 2)\n"
                           "KB1" POSSIBLE "  if         a.sys is loaded\n"
                           "KB2" POSSIBLE "  if         b.sys is loaded\n"));
}

static void articles_alike_in_all_are_not_promised_a_difference(void **state)
{
    (void)state;
    struct bt_evidence same = {"a.sys is loaded", BT_UNKNOWN, "no module list", true};
    make_alike(same, same);
    const char *text = write_text((struct bt_report_options){.width = 80});
    assert_non_null(strstr(text, "\n"
                                 "2 articles fit alike; nothing that they ask for tells them "
                                 "apart:\nKB1" POSSIBLE "KB2" POSSIBLE));
    sample.matches[1].ask = sample_questions;
    sample.matches[1].ask_count = 1;
    text = write_text((struct bt_report_options){.width = 80});
    assert_non_null(strstr(text,
                           "2 articles fit alike; 1 of them asks for something that tells "
                           "it apart:\nKB1" POSSIBLE "KB2" POSSIBLE
                           "  ask        Was a volume unmounted just before?\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(plain_report_fits_a_screen_and_says_it_all, start,
                                        finish),
        cmocka_unit_test_setup_teardown(wide_page_puts_the_fit_at_the_right, start, finish),
        cmocka_unit_test_setup_teardown(all_shows_what_does_not_fit_and_why, start, finish),
        cmocka_unit_test_setup_teardown(explain_gives_the_evidence_line_by_line, start, finish),
        cmocka_unit_test_setup_teardown(reserved_parameters_of_one_value_share_a_line, start,
                                        finish),
        cmocka_unit_test_setup_teardown(fix_that_is_missing_is_said_with_both_versions, start,
                                        finish),
        cmocka_unit_test_setup_teardown(file_of_another_platform_is_left_out_unless_explained,
                                        start, finish),
        cmocka_unit_test_setup_teardown(lists_are_there_on_request, start, finish),
        cmocka_unit_test_setup_teardown(unreadable_input_has_a_reason_and_no_verdict, start,
                                        finish),
        cmocka_unit_test_setup_teardown(partial_input_says_what_is_missing, start, finish),
        cmocka_unit_test_setup_teardown(explained_code_shows_only_what_is_known, start, finish),
        cmocka_unit_test_setup_teardown(hostile_names_reach_the_screen_escaped, start, finish),
        cmocka_unit_test_setup_teardown(no_line_is_wider_than_the_page_and_colour_is_ascii_safe,
                                        start, finish),
        cmocka_unit_test_setup_teardown(articles_alike_are_told_with_what_tells_them_apart,
                                        start, finish),
        cmocka_unit_test_setup_teardown(articles_alike_in_all_are_not_promised_a_difference,
                                        start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
