// SPDX-License-Identifier: MIT
#include "report/redact.h"

#include "report/report.h"
#include "sample_result.h"

#include "test.h"

static struct bt_redact_names names;

static void check(const char *text, const char *expected)
{
    struct bt_buf out;
    bt_buf_init(&out, 4096);
    bt_redact_text(&names, text, &out);
    assert_string_equal(bt_buf_cstr(&out), expected);
    bt_buf_fini(&out);
}

static int forget(void **state)
{
    (void)state;
    names = (struct bt_redact_names){0};
    return 0;
}

static void path_keeps_its_last_part(void **state)
{
    (void)state;
    check("in C:\\Work\\app.exe now", "in <path>\\app.exe now");
    check("\\SystemRoot\\System32\\drivers\\x.sys", "<path>\\x.sys");
    check("\\??\\D:\\a\\b.sys, then", "<path>\\b.sys, then");
    check("/home/ann/dumps/m.dmp", "<path>/m.dmp");
    check("\"c:/a/b\" and 'd:\\e f\\g.dll'", "\"<path>/b\" and '<path>\\g.dll'");
    check("\\\\srv7\\share\\y.dmp", "<path>\\y.dmp");
}

static void user_folder_itself_leaves_nothing(void **state)
{
    (void)state;
    check("C:\\Users\\ann", "<path>");
    check("/home/ann", "<path>");
    check("C:\\Users\\", "<path>");
}

static void name_with_blanks_does_not_survive_in_part(void **state)
{
    (void)state;
    check("run C:\\Users\\Ann B Smith\\t.exe -v", "run <path>\\t.exe -v");
    check("C:\\a\\one.exe and C:\\b\\two.exe", "<path>\\one.exe and <path>\\two.exe");
}

static void what_is_no_path_stays(void **state)
{
    (void)state;
    check("option /GS and 3/4, http+x", "option /GS and 3/4, http+x");
    check("nt!KiBugCheck+0x1f", "nt!KiBugCheck+0x1f");
    check("_func@8 of a module", "_func@8 of a module");
    check("a: b", "a: b");
}

static void collected_names_go_everywhere(void **state)
{
    (void)state;
    bt_redact_collect(&names, "x C:\\Users\\Annabel\\y.dll");
    bt_redact_collect(&names, "\\\\FILESRV\\c$\\z");
    bt_redact_collect(&names, "C:\\Users\\Public\\z");
    assert_int_equal(names.count, 2);
    check("by annabel on filesrv, Annabella too", "by <user> on <host>, Annabella too");
    check("D:\\logs\\annabel.log", "<path>\\<user>.log");
    check("public", "public");
}

static void mail_address_goes(void **state)
{
    (void)state;
    check("ask ann.b@example.org, please", "ask <address>, please");
    check("a@b is none", "a@b is none");
}

// Nothing of a secret may be in any format; the place of each is named by its text.
static void no_secret_reaches_a_record(void **state)
{
    (void)state;
    struct sample s;
    fill_sample(&s);
    struct bt_annotation annotations[] = {
        {"crashpad", "C:\\Users\\zoe\\app.exe", "username", "zoesecret"},
        {"crashpad", NULL, "COMPUTERNAME", "hostsecret"},
        {"crashpad", NULL, "host_name", "othersecret"}};
    struct bt_handle handles[] = {{4, "File", "\\Device\\Mup\\hostsecret\\share\\f"}};
    s.crash.annotations = annotations;
    s.crash.annotation_count = BT_COUNT(annotations);
    s.crash.handles = handles;
    s.crash.named_handle_count = 1;
    s.crash.comment = "zoesecret saw it on hostsecret and othersecret";
    s.crash.process.command_line = "C:\\Users\\usersecret\\a.exe --as zoesecret";
    s.modules[1].path = "C:\\Users\\usersecret\\mountmgr.sys";
    s.modules[1].pdb_name = "D:\\build\\usersecret\\mountmgr.pdb";
    s.modules[0].name = "C:\\Users\\usersecret\\ntoskrnl.exe";
    s.frames[0].file = "/home/usersecret/src/x.c";
    s.result.input.path = "/srv/usersecret/hostsecret/MEMORY.DMP";
    s.result.verdict.reason = "file C:\\Users\\usersecret\\x.sys was unloaded";
    s.evidence[0].detail = "seen on hostsecret";
    s.matches[0].base = "/home/usersecret/my.kb";
    struct bt_arena *arena = bt_arena_new(1 << 20);
    bt_note(&s.crash, arena, "n", 0, "%s", "in /home/usersecret/x");
    const struct bt_result *clean;
    assert_int_equal(bt_redact_result(&s.result, arena, &clean, NULL), BT_OK);
    struct bt_buf out;
    bt_buf_init(&out, 1 << 20);
    bt_report_json(clean, &(struct bt_report_options){.all = true}, &out);
    assert_null(strstr(bt_buf_cstr(&out), "secret"));
    assert_non_null(strstr(bt_buf_cstr(&out), "\"path\":\"MEMORY.DMP\""));
    assert_non_null(strstr(bt_buf_cstr(&out), "mountmgr.sys"));
    bt_buf_clear(&out);
    bt_report_text(clean,
                   &(struct bt_report_options){
                       .all = true, .explain = true, .modules = true, .stack = true},
                   &out);
    assert_null(strstr(bt_buf_cstr(&out), "secret"));
    assert_ptr_equal(clean->crash->frames[0].module, &clean->crash->modules[1]);
    assert_string_equal(s.modules[1].pdb_name, "D:\\build\\usersecret\\mountmgr.pdb");
    bt_buf_fini(&out);
    bt_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(path_keeps_its_last_part, forget),
        cmocka_unit_test_setup(user_folder_itself_leaves_nothing, forget),
        cmocka_unit_test_setup(name_with_blanks_does_not_survive_in_part, forget),
        cmocka_unit_test_setup(what_is_no_path_stays, forget),
        cmocka_unit_test_setup(collected_names_go_everywhere, forget),
        cmocka_unit_test_setup(mail_address_goes, forget),
        cmocka_unit_test_setup(no_secret_reaches_a_record, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
