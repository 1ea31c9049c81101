// SPDX-License-Identifier: MIT
#include "base/version_number.h"

#include <stdio.h>

#include "base/text.h"

void bt_file_version_text(bt_file_version v, char ret[BT_FILE_VERSION_TEXT_SIZE])
{
    snprintf(ret, BT_FILE_VERSION_TEXT_SIZE, "%u.%u.%u.%u", bt_file_version_part(v, 0),
             bt_file_version_part(v, 1), bt_file_version_part(v, 2),
             bt_file_version_part(v, 3));
}

// One to four parts; a last part of "x" stands for all that may follow. `ret_parts` is the
// number of those that are written.
static bool parse_parts(const char *text, bool block, bt_file_version *ret, unsigned *ret_parts)
{
    unsigned parts[4] = {0};
    const char *p = text;
    for (unsigned n = 0; n < 4; n++) {
        bool rest = block && n > 0 && (p[0] == 'x' || p[0] == 'X' || p[0] == '*');
        if (!rest && !bt_is_digit(*p))
            return false;
        unsigned value = 0;
        while (bt_is_digit(*p) && value <= 0xffff)
            value = value * 10 + (unsigned)(*p++ - '0');
        if (value > 0xffff)
            return false;
        parts[n] = value;
        if (rest ? p[1] == '\0' : *p == '\0') {
            *ret = bt_file_version_make(parts[0], parts[1], parts[2], parts[3]);
            *ret_parts = rest ? n : 4;
            return true;
        }
        if (*p++ != '.')
            return false;
    }
    return false;
}

bool bt_parse_file_version(const char *text, bt_file_version *ret)
{
    unsigned parts;
    return parse_parts(text, false, ret, &parts);
}

bool bt_parse_version_block(const char *text, bt_file_version *ret_low,
                            bt_file_version *ret_high)
{
    unsigned parts;
    if (!parse_parts(text, true, ret_low, &parts))
        return false;
    *ret_high = *ret_low;
    if (parts < 4)
        *ret_high |= UINT64_MAX >> (16 * parts);
    return true;
}

unsigned bt_version_block_parts(bt_file_version low, bt_file_version high)
{
    for (unsigned parts = 1; parts < 4; parts++) {
        uint64_t rest = UINT64_MAX >> (16 * parts);
        if ((low & rest) == 0 && high == (low | rest))
            return parts;
    }
    return 0;
}
