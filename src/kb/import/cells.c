// SPDX-License-Identifier: MIT
#include "kb/import/cells.h"

#include <string.h>

#include "base/text.h"
#include "base/version_number.h"

static const char *const extensions[] = {".sys", ".dll", ".exe", ".drv", ".ocx", ".vxd",
                                         ".386", ".cpl", ".bin", ".hal", ".nls", ".mpd"};

static bool is_name_char(char c)
{
    return bt_is_alpha(c) || bt_is_digit(c) || strchr("_-~$!{}", c) != NULL;
}

// "6.0.6002" of a version that ends in ".386".
static bool is_number(const char *text, size_t size)
{
    size_t i = 0;
    while (i < size && (bt_is_digit(text[i]) || text[i] == '.'))
        i++;
    return i == size;
}

size_t bt_import_file_name(const char *text, size_t size)
{
    size_t i = 0;
    while (i < size && (is_name_char(text[i]) || text[i] == '.')) {
        if (text[i] == '.' && i != 0) {
            for (size_t e = 0; e < BT_COUNT(extensions); e++) {
                size_t length = strlen(extensions[e]);
                if (size - i >= length && bt_ieq_n(text + i, extensions[e], length))
                    return is_number(text, i) ? 0 : i + length;
            }
        }
        i++;
    }
    return 0;
}

static bool take_digits(const char **p, const char *end, size_t most, unsigned *ret)
{
    unsigned value = 0;
    size_t count = 0;
    while (*p < end && count < most && bt_is_digit(**p)) {
        value = value * 10 + (unsigned)(**p - '0');
        (*p)++;
        count++;
    }
    *ret = value;
    return count != 0;
}

static bool take_month(const char **p, const char *end, unsigned *ret)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (end - *p < 3)
        return false;
    for (unsigned m = 0; m < 12; m++) {
        if (bt_ieq_n(*p, months + (size_t)3 * m, 3)) {
            *p += 3;
            while (*p < end && bt_is_alpha(**p))
                (*p)++;
            *ret = m + 1;
            return true;
        }
    }
    return false;
}

static bool finish_date(unsigned year, unsigned month, unsigned day, bt_filetime *ret)
{
    if (year < 100)
        year += year < 70 ? 2000 : 1900;
    if (month > 12 && day <= 12) {
        unsigned swap = month;
        month = day;
        day = swap;
    }
    if (year < 1985 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *ret = bt_filetime_from_civil(
        (struct bt_civil){.year = (int)year, .month = month, .day = day});
    return true;
}

// "10/22/05", "10/22/2005", "22-Oct-2005", "Oct-22-2005".
bool bt_import_cell_date(struct bt_import_cell c, bt_filetime *ret)
{
    const char *p = c.text, *end = c.text + c.size;
    unsigned a, b, year;
    bool month_first = take_month(&p, end, &b);
    if (!month_first && !take_digits(&p, end, 2, &a))
        return false;
    if (p == end || (*p != '/' && *p != '-'))
        return false;
    char separator = *p++;
    if (month_first
            ? !take_digits(&p, end, 2, &a)
            : !(separator == '-' && take_month(&p, end, &b)) && !take_digits(&p, end, 2, &b))
        return false;
    bool named = month_first || bt_is_alpha(p[-1]);
    if (p == end || *p++ != separator || !take_digits(&p, end, 4, &year) || p != end)
        return false;
    return named ? finish_date(year, b, a, ret) : finish_date(year, a, b, ret);
}

// "09:52p", "3:28pm", "16:12"; seconds are read over.
bool bt_import_cell_clock(struct bt_import_cell c, unsigned *ret_minutes)
{
    const char *p = c.text, *end = c.text + c.size;
    unsigned hour, minute, second;
    if (!take_digits(&p, end, 2, &hour) || p == end || *p++ != ':' ||
        !take_digits(&p, end, 2, &minute))
        return false;
    if (p < end && *p == ':') {
        p++;
        if (!take_digits(&p, end, 2, &second))
            return false;
    }
    if (p < end && (bt_lower(*p) == 'p' || bt_lower(*p) == 'a')) {
        if (bt_lower(*p) == 'p' && hour < 12)
            hour += 12;
        else if (bt_lower(*p) == 'a' && hour == 12)
            hour = 0;
        p += p + 1 < end && bt_lower(p[1]) == 'm' ? 2 : 1;
    }
    if (p != end || hour > 23 || minute > 59)
        return false;
    *ret_minutes = hour * 60 + minute;
    return true;
}

bool bt_import_is_version(struct bt_import_cell c)
{
    unsigned dots = 0;
    for (size_t i = 0; i < c.size; i++) {
        if (c.text[i] == '.')
            dots++;
        else if (!bt_is_digit(c.text[i]))
            return false;
    }
    return dots >= 2 && c.size >= 5 && c.size < BT_FILE_VERSION_TEXT_SIZE &&
           bt_is_digit(c.text[0]) && bt_is_digit(c.text[c.size - 1]);
}

// "333,312", "50688", "932KB".
bool bt_import_cell_size(struct bt_import_cell c, uint32_t *ret)
{
    uint64_t value = 0;
    size_t digits = 0, i = 0;
    for (; i < c.size && (bt_is_digit(c.text[i]) || c.text[i] == ','); i++) {
        if (c.text[i] == ',')
            continue;
        value = value * 10 + (unsigned)(c.text[i] - '0');
        if (++digits > 10)
            return false;
    }
    if (c.size - i == 2 && bt_ieq_n(c.text + i, "KB", 2)) {
        value *= 1024;
        i += 2;
    }
    if (i != c.size || digits < 3 || value > UINT32_MAX)
        return false;
    *ret = (uint32_t)value;
    return true;
}

const char *bt_import_cell_platform(struct bt_import_cell c)
{
    static const struct {
        const char *written, *ours;
    } platforms[] = {
        {"x86", "x86"},     {"i386", "x86"},    {"Intel", "x86"},     {"(x86)", "x86"},
        {"(Intel)", "x86"}, {"x64", "x64"},     {"AMD64", "x64"},     {"IA-64", "ia64"},
        {"IA64", "ia64"},   {"Alpha", "alpha"}, {"(Alpha)", "alpha"}, {"MIPS", "mips"},
        {"PPC", "ppc"},     {"PowerPC", "ppc"},
    };
    for (size_t i = 0; i < BT_COUNT(platforms); i++) {
        if (c.size == strlen(platforms[i].written) &&
            bt_ieq_n(c.text, platforms[i].written, c.size))
            return platforms[i].ours;
    }
    return NULL;
}
