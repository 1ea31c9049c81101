// SPDX-License-Identifier: MIT
#include "verdict/wer_report.h"

#include "test.h"
#include "test_arena.h"


static struct bt_span widen(const char *text)
{
    static uint8_t bytes[8192];
    size_t size = 0;
    bytes[size++] = 0xff;
    bytes[size++] = 0xfe;
    for (; *text != '\0'; text++) {
        bytes[size++] = (uint8_t)*text;
        bytes[size++] = 0;
    }
    return (struct bt_span){.data = bytes, .size = size};
}

static const char report_text[] =
    "Version=1\r\nEventType=BlueScreen\r\nEventTime=131550650000000000\r\n"
    "ReportIdentifier=111417-58375-01\r\n"
    "Sig[0].Name=Code\r\nSig[0].Value=1000007e\r\nSig[1].Value=ffffffffc0000005\r\n"
    "Sig[2].Value=fffff8007c0acd28\r\nSig[3].Value=ffffd00022a46748\r\n"
    "Sig[4].Value=ffffd00022a45f50\r\nSig[5].Value=6_3_9600\r\n"
    "File[0].Original.Path=\\\\?\\C:\\Windows\\Minidump\\111417-58375-01.dmp\r\n"
    "Response.BucketId=AV_RTKVHD64!unknown_function\r\n";

static void report_of_this_crash_gives_its_bucket(void **state)
{
    (void)state;
    struct bt_wer_report r;
    assert_int_equal(bt_wer_report_parse(widen(report_text), arena, &r, NULL), BT_OK);
    assert_string_equal(r.event_type, "BlueScreen");
    assert_string_equal(r.bucket, "AV_RTKVHD64!unknown_function");
    assert_string_equal(r.dump, "111417-58375-01.dmp");
    assert_int_equal(r.parameter_count, 4);
    static struct bt_crash crash = {
        .stop = {.present = true,
                 .raw = 0x1000007e,
                 .code = 0x7e,
                 .parameters = {0xffffffffc0000005, 0xfffff8007c0acd28, 0xffffd00022a46748,
                                0xffffd00022a45f50}}};
    assert_true(bt_wer_report_fits(&r, &crash));
    crash.stop.parameters[3]++;
    assert_false(bt_wer_report_fits(&r, &crash));
}

static void cut_or_foreign_files_are_no_reports(void **state)
{
    (void)state;
    struct bt_wer_report r;
    struct bt_error err;
    assert_int_equal(bt_wer_report_parse(widen("hello"), arena, &r, &err), BT_ABSENT);
    assert_int_equal(bt_wer_report_parse((struct bt_span){0}, arena, &r, &err), BT_ABSENT);
    struct bt_span whole = widen(report_text);
    for (size_t size = 0; size < whole.size; size++) {
        struct bt_span part = {.data = whole.data, .size = size};
        (void)!bt_wer_report_parse(part, arena, &r, &err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_of_this_crash_gives_its_bucket),
        cmocka_unit_test(cut_or_foreign_files_are_no_reports),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
