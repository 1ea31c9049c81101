// SPDX-License-Identifier: MIT
//
// Looking up files: who made a driver, under which names one file goes, filter classes.
#include "base/text.h"
#include "kb/kb.h"
#include "kb/layers.h"
#include "kb/words.h"

static bool find_file(const struct bt_kb *kb, enum bt_kb_section section, const char *file,
                      const struct bt_kb_image **ret_image, uint32_t *ret_row)
{
    for (size_t i = kb->layer_count; i-- > 0;) {
        if (bt_kb_find_text(kb->layers[i], section, file, true, ret_row)) {
            *ret_image = kb->layers[i];
            return true;
        }
    }
    return false;
}

const char *bt_kb_role_name(enum bt_kb_role role)
{
    return role == BT_KB_ROLE_UNKNOWN ? NULL : bt_kb_roles.items[role];
}

const char *bt_kb_canonical_file(const struct bt_kb *kb, const char *file)
{
    const struct bt_kb_image *image = NULL;
    uint32_t row = 0;
    if (!find_file(kb, BT_KB_ALIASES, file, &image, &row))
        return file;
    return bt_kb_text_of(image, BT_KB_ALIASES, row, ALIAS_FILE);
}

bool bt_kb_same_file(const struct bt_kb *kb, const char *a, const char *b)
{
    return bt_ieq(a, b) || bt_ieq(bt_kb_canonical_file(kb, a), bt_kb_canonical_file(kb, b));
}

bool bt_kb_driver_find(const struct bt_kb *kb, const char *file, struct bt_kb_driver *ret)
{
    const struct bt_kb_image *image = NULL;
    uint32_t row = 0;
    if (!find_file(kb, BT_KB_DRIVERS, file, &image, &row) &&
        !find_file(kb, BT_KB_DRIVERS, bt_kb_canonical_file(kb, file), &image, &row))
        return false;
    *ret = (struct bt_kb_driver){
        .file = bt_kb_text_of(image, BT_KB_DRIVERS, row, DRIVER_FILE),
        .vendor = bt_kb_text_of(image, BT_KB_DRIVERS, row, DRIVER_VENDOR),
        .product = bt_kb_text_of(image, BT_KB_DRIVERS, row, DRIVER_PRODUCT),
        .role = (enum bt_kb_role)bt_kb_word(image, BT_KB_DRIVERS, row, DRIVER_ROLE),
    };
    return true;
}

enum bt_kb_role bt_kb_role_of(const struct bt_kb *kb, const char *file)
{
    struct bt_kb_driver driver;
    return bt_kb_driver_find(kb, file, &driver) ? driver.role : BT_KB_ROLE_UNKNOWN;
}

bool bt_kb_filter_at(const struct bt_kb *kb, const char *file, size_t index,
                     struct bt_kb_filter *ret)
{
    const struct bt_kb_image *image = NULL;
    uint32_t row = 0;
    if (!find_file(kb, BT_KB_FILTERS, file, &image, &row))
        return false;
    // The search ends on any of several rows: go to the first.
    while (row > 0 && bt_ieq(bt_kb_text_of(image, BT_KB_FILTERS, row - 1, FILTER_FILE), file))
        row--;
    if (index >= bt_kb_rows(image, BT_KB_FILTERS) - row)
        return false;
    row += (uint32_t)index;
    if (!bt_ieq(bt_kb_text_of(image, BT_KB_FILTERS, row, FILTER_FILE), file))
        return false;
    *ret = (struct bt_kb_filter){
        .file = bt_kb_text_of(image, BT_KB_FILTERS, row, FILTER_FILE),
        .filter_class = bt_kb_text_of(image, BT_KB_FILTERS, row, FILTER_CLASS),
        .altitude = bt_kb_text_of(image, BT_KB_FILTERS, row, FILTER_ALTITUDE),
    };
    return true;
}

bool bt_kb_system_place_at(const struct bt_kb *kb, enum bt_kb_place_system system, size_t index,
                           struct bt_kb_system_place *ret)
{
    for (size_t i = 0; i < kb->layer_count; i++) {
        const struct bt_kb_image *image = kb->layers[i];
        const uint32_t rows = bt_kb_rows(image, BT_KB_SYSTEM_PLACES);
        uint32_t row = 0;
        while (row < rows && bt_kb_word(image, BT_KB_SYSTEM_PLACES, row, SYSTEM_PLACE_SYSTEM) <
                                 (uint32_t)system)
            row++;
        for (; row < rows && bt_kb_word(image, BT_KB_SYSTEM_PLACES, row, SYSTEM_PLACE_SYSTEM) ==
                                 (uint32_t)system;
             row++) {
            if (index-- != 0)
                continue;
            *ret = (struct bt_kb_system_place){
                .kind = (enum bt_kb_place_kind)bt_kb_word(image, BT_KB_SYSTEM_PLACES, row,
                                                          SYSTEM_PLACE_KIND),
                .text = bt_kb_text_of(image, BT_KB_SYSTEM_PLACES, row, SYSTEM_PLACE_TEXT),
            };
            return true;
        }
    }
    return false;
}
