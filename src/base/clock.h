// SPDX-License-Identifier: MIT
//
// Times as Windows stores them. Everything is UTC; nothing here asks what time it is now.
#ifndef BT_BASE_CLOCK_H
#define BT_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

// Units of 100 ns since 1601-01-01 00:00 UTC (FILETIME), the unit of every time in bt_crash.
typedef uint64_t bt_filetime;

#define BT_TICKS_PER_SECOND UINT64_C(10000000)

struct bt_civil {
    int year;
    unsigned month, day, hour, minute, second; // month and day from 1
};

bt_filetime bt_filetime_from_unix(uint64_t seconds);
bt_filetime bt_filetime_from_civil(struct bt_civil c); // no range check beyond the calendar's
struct bt_civil bt_civil_from_filetime(bt_filetime t);

// Whether a time can be the time of a crash or of a build: 1990 to 2100. A FILETIME of 0, of
// filler or of a wild bit pattern is not.
bool bt_filetime_is_plausible(bt_filetime t);

// Room for what the types could hold: a compiler cannot know that months end at 12.
enum { BT_TIME_TEXT_SIZE = 72 };

// "2009-11-02T08:14:55Z" or, for people, "2009-11-02 08:14:55".
void bt_filetime_iso(bt_filetime t, char ret[BT_TIME_TEXT_SIZE]);
void bt_filetime_text(bt_filetime t, char ret[BT_TIME_TEXT_SIZE]);
// "3 d 4 h", "5 h 12 min", "1 min 32 s", "4 s".
void bt_duration_text(uint64_t seconds, char ret[BT_TIME_TEXT_SIZE]);

// Parses "2005-10-22", "2005-10-22T04:48Z", "2005-10-22T04:48:10Z". `date_only` tells whether
// the clock time was missing (then it is 00:00).
bool bt_parse_time(const char *text, bt_filetime *ret, bool *date_only);

#endif
