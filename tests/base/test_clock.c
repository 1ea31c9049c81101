// SPDX-License-Identifier: MIT
#include "base/clock.h"

#include "test.h"

static void known_filetimes_convert(void **state)
{
    (void)state;
    char text[BT_TIME_TEXT_SIZE];
    // 1970-01-01 and 2000-02-29 are fixed points of the two calendars.
    bt_filetime_iso(UINT64_C(116444736000000000), text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    assert_int_equal(bt_filetime_from_unix(0), UINT64_C(116444736000000000));
    bt_filetime_iso(bt_filetime_from_unix(951782400), text);
    assert_string_equal(text, "2000-02-29T00:00:00Z");
    bt_filetime_iso(0, text);
    assert_string_equal(text, "1601-01-01T00:00:00Z");
}

static void civil_round_trips_over_four_centuries(void **state)
{
    (void)state;
    for (uint64_t day = 0; day < 146097 + 366; day++) {
        bt_filetime t = day * 86400 * BT_TICKS_PER_SECOND;
        assert_int_equal(bt_filetime_from_civil(bt_civil_from_filetime(t)), t);
    }
}

static void impossible_times_are_refused(void **state)
{
    (void)state;
    bt_filetime t;
    bool date_only;
    assert_true(bt_parse_time("2005-10-22T04:48Z", &t, &date_only) && !date_only);
    assert_true(bt_parse_time("2004-02-29", &t, &date_only) && date_only);
    assert_false(bt_parse_time("2005-02-29", &t, &date_only));
    assert_false(bt_parse_time("2005-10-22 04:48", &t, &date_only));
    assert_false(bt_parse_time("2005-13-01", &t, &date_only));
    assert_false(bt_parse_time("22-Oct-2005", &t, &date_only));
    assert_false(bt_filetime_is_plausible(0));
    assert_false(bt_filetime_is_plausible(UINT64_C(0x4547415045474150)));
}

static void durations_read_naturally(void **state)
{
    (void)state;
    char text[BT_TIME_TEXT_SIZE];
    bt_duration_text(3 * 86400 + 4 * 3600 + 59, text);
    assert_string_equal(text, "3 d 4 h");
    bt_duration_text(92, text);
    assert_string_equal(text, "1 min 32 s");
    bt_duration_text(0, text);
    assert_string_equal(text, "0 s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_filetimes_convert),
        cmocka_unit_test(civil_round_trips_over_four_centuries),
        cmocka_unit_test(impossible_times_are_refused),
        cmocka_unit_test(durations_read_naturally),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
