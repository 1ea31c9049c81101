// SPDX-License-Identifier: MIT
#include "kb/version_condition.h"

#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "base/version_number.h"

static const char *skip_blanks(const char *p)
{
    while (*p == ' ')
        p++;
    return p;
}

// "below 2.1", "< 2.1": the sign; *at moves behind it. NULL: none.
static const char *take_sign(const char **at)
{
    static const char *const signs[][2] = {
        {"<=", "<="},    {">=", ">="},     {"<", "<"},      {">", ">"},
        {"below ", "<"}, {"before ", "<"}, {"from ", ">="}, {"above ", ">"},
    };
    for (size_t i = 0; i < BT_COUNT(signs); i++) {
        if (bt_starts_with(*at, signs[i][0])) {
            *at = skip_blanks(*at + strlen(signs[i][0]));
            return signs[i][1];
        }
    }
    return NULL;
}

static void add_version(struct bt_buf *out, bt_file_version version)
{
    char text[BT_FILE_VERSION_TEXT_SIZE];
    bt_file_version_text(version, text);
    bt_buf_text(out, text);
}

// "2.1.4..2.2.x"
static bool read_version_range(const char *text, bt_file_version *ret_low,
                               bt_file_version *ret_high)
{
    char first[64];
    bt_file_version unused;
    const char *dots = strstr(text, "..");
    size_t size = dots != NULL ? (size_t)(dots - text) : strlen(text);
    while (size > 0 && text[size - 1] == ' ')
        size--;
    if (size >= sizeof first)
        return false;
    memcpy(first, text, size);
    first[size] = '\0';
    if (!bt_parse_version_block(first, ret_low, ret_high))
        return false;
    return dots == NULL || (bt_parse_version_block(skip_blanks(&dots[2]), &unused, ret_high) &&
                            *ret_high >= *ret_low);
}

bool bt_kb_version_condition(const char *text, const char *file, struct bt_buf *out)
{
    bt_file_version low = 0, high = 0;
    const char *at = skip_blanks(text), *sign = take_sign(&at);
    bool good =
        sign != NULL ? bt_parse_file_version(at, &low) : read_version_range(at, &low, &high);
    if (!good)
        return false;
    bt_buf_printf(out, "version(\"%s\") %s ", file, sign != NULL ? sign : "in");
    add_version(out, low);
    if (sign == NULL) {
        bt_buf_text(out, "..");
        add_version(out, high);
    }
    return true;
}
