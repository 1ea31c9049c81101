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

bool bt_parse_file_version(const char *text, bt_file_version *ret)
{
    unsigned parts[4] = {0};
    const char *p = text;
    for (unsigned n = 0; n < 4; n++) {
        if (!bt_is_digit(*p))
            return false;
        unsigned value = 0;
        while (bt_is_digit(*p) && value <= 0xffff)
            value = value * 10 + (unsigned)(*p++ - '0');
        if (value > 0xffff)
            return false;
        parts[n] = value;
        if (*p == '\0') {
            *ret = bt_file_version_make(parts[0], parts[1], parts[2], parts[3]);
            return true;
        }
        if (*p++ != '.')
            return false;
    }
    return false;
}
