// SPDX-License-Identifier: MIT
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const uint64_t UNIX_EPOCH_SECONDS = UINT64_C(11644473600);

// Days since 1601-01-01 of a civil date, by the proleptic Gregorian calendar. Years are counted
// from March so that the leap day is the last of its year.
static int64_t days_from_civil(int year, unsigned month, unsigned day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = y / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year =
        (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    static const int64_t days_to_1601 = 584694;
    return era * 146097 + day_of_era - days_to_1601;
}

bt_filetime bt_filetime_from_unix(uint64_t seconds)
{
    if (seconds > UINT64_MAX / BT_TICKS_PER_SECOND - UNIX_EPOCH_SECONDS)
        return 0;
    return (seconds + UNIX_EPOCH_SECONDS) * BT_TICKS_PER_SECOND;
}

bt_filetime bt_filetime_from_civil(struct bt_civil c)
{
    int64_t days = days_from_civil(c.year, c.month, c.day);
    if (days < 0)
        return 0;
    uint64_t seconds = (uint64_t)days * 86400 + c.hour * 3600u + c.minute * 60u + c.second;
    return seconds * BT_TICKS_PER_SECOND;
}

struct bt_civil bt_civil_from_filetime(bt_filetime t)
{
    uint64_t seconds = t / BT_TICKS_PER_SECOND;
    uint64_t days = seconds / 86400 + 584694; // since 0000-03-01
    uint64_t era = days / 146097;
    uint64_t day_of_era = days % 146097;
    uint64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint64_t month_from_march = (5 * day_of_year + 2) / 153;
    unsigned month =
        (unsigned)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    return (struct bt_civil){
        .year = (int)(year_of_era + era * 400 + (month <= 2)),
        .month = month,
        .day = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
        .hour = (unsigned)(seconds / 3600 % 24),
        .minute = (unsigned)(seconds / 60 % 60),
        .second = (unsigned)(seconds % 60),
    };
}

bool bt_filetime_is_plausible(bt_filetime t)
{
    int year = bt_civil_from_filetime(t).year;
    return year >= 1990 && year < 2100;
}

// `count` digits; numbers of a date are never longer.
static char *put_digits(char *at, unsigned value, size_t count)
{
    for (size_t i = count; i-- > 0; value /= 10)
        at[i] = (char)('0' + value % 10);
    return at + count;
}

static char *put_char(char *at, char c)
{
    *at = c;
    return at + 1;
}

static void format_time(bt_filetime t, char between, const char *suffix,
                        char ret[BT_TIME_TEXT_SIZE])
{
    struct bt_civil c = bt_civil_from_filetime(t);
    char *at = ret;
    if (c.year > 9999)
        at = put_digits(at, (unsigned)c.year / 10000, 1);
    at = put_char(put_digits(at, (unsigned)c.year % 10000, 4), '-');
    at = put_char(put_digits(at, c.month, 2), '-');
    at = put_char(put_digits(at, c.day, 2), between);
    at = put_char(put_digits(at, c.hour, 2), ':');
    at = put_char(put_digits(at, c.minute, 2), ':');
    at = put_digits(at, c.second, 2);
    memcpy(at, suffix, strlen(suffix) + 1);
}

void bt_filetime_iso(bt_filetime t, char ret[BT_TIME_TEXT_SIZE])
{
    format_time(t, 'T', "Z", ret);
}

void bt_filetime_text(bt_filetime t, char ret[BT_TIME_TEXT_SIZE])
{
    format_time(t, ' ', "", ret);
}

void bt_duration_text(uint64_t seconds, char ret[BT_TIME_TEXT_SIZE])
{
    uint64_t minutes = seconds / 60;
    uint64_t hours = minutes / 60;
    uint64_t days = hours / 24;
    if (days != 0)
        snprintf(ret, BT_TIME_TEXT_SIZE, "%" PRIu64 " d %" PRIu64 " h", days, hours % 24);
    else if (hours != 0)
        snprintf(ret, BT_TIME_TEXT_SIZE, "%" PRIu64 " h %" PRIu64 " min", hours, minutes % 60);
    else if (minutes != 0)
        snprintf(ret, BT_TIME_TEXT_SIZE, "%" PRIu64 " min %" PRIu64 " s", minutes,
                 seconds % 60);
    else
        snprintf(ret, BT_TIME_TEXT_SIZE, "%" PRIu64 " s", seconds);
}

static bool take_number(const char **p, size_t digits, unsigned *ret)
{
    unsigned value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (!bt_is_digit((*p)[i]))
            return false;
        value = value * 10 + (unsigned)((*p)[i] - '0');
    }
    *p += digits;
    *ret = value;
    return true;
}

static bool take_char(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

static bool is_calendar_date(const struct bt_civil *c)
{
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (c->year < 1601 || c->month < 1 || c->month > 12 || c->day < 1)
        return false;
    bool leap = (c->year % 4 == 0 && c->year % 100 != 0) || c->year % 400 == 0;
    return c->day <= days[c->month - 1] + (c->month == 2 && leap ? 1u : 0u);
}

bool bt_parse_time(const char *text, bt_filetime *ret, bool *date_only)
{
    struct bt_civil c = {0};
    unsigned year;
    const char *p = text;
    if (!take_number(&p, 4, &year) || !take_char(&p, '-') || !take_number(&p, 2, &c.month) ||
        !take_char(&p, '-') || !take_number(&p, 2, &c.day))
        return false;
    c.year = (int)year;
    bool has_clock = take_char(&p, 'T');
    if (has_clock) {
        if (!take_number(&p, 2, &c.hour) || !take_char(&p, ':') ||
            !take_number(&p, 2, &c.minute))
            return false;
        if (take_char(&p, ':') && !take_number(&p, 2, &c.second))
            return false;
        if (!take_char(&p, 'Z'))
            return false;
    }
    if (*p != '\0' || !is_calendar_date(&c) || c.hour > 23 || c.minute > 59 || c.second > 59)
        return false;
    *ret = bt_filetime_from_civil(c);
    *date_only = !has_clock;
    return true;
}
