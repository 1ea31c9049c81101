// SPDX-License-Identifier: MIT
//
// Looking up stop codes, the meaning of their parameters, and status values.
#include "base/text.h"
#include "kb/kb.h"
#include "kb/layers.h"

// The row of a stop code in one layer, or of the next one above it.
static bool find_row(const struct bt_kb_image *image, enum bt_kb_section section, uint32_t key,
                     uint32_t *ret)
{
    uint32_t row = bt_kb_lower_bound(image, section, key);
    if (row >= bt_kb_rows(image, section) || bt_kb_word(image, section, row, 0) != key)
        return false;
    *ret = row;
    return true;
}

static void read_stop(const struct bt_kb_image *image, uint32_t row, struct bt_kb_stop *ret)
{
    const enum bt_kb_section section = BT_KB_STOPS;
    *ret = (struct bt_kb_stop){
        .code = bt_kb_word(image, section, row, STOP_CODE),
        .name = bt_kb_text_of(image, section, row, STOP_NAME),
        .says = bt_kb_text_of(image, section, row, STOP_SAYS),
        .trouble = bt_kb_text_of(image, section, row, STOP_CLASS),
        .blame = bt_kb_text_of(image, section, row, STOP_BLAME),
        .live = bt_kb_word(image, section, row, STOP_LIVE) != 0,
        .also = bt_kb_list_of(image, section, row, STOP_ALSO),
        .check = bt_kb_list_of(image, section, row, STOP_CHECK),
        .parameters = bt_kb_list_of(image, section, row, STOP_PARAMETERS),
        .values = bt_kb_list_of(image, section, row, STOP_VALUES),
        .source = bt_kb_text_of(image, section, row, STOP_SOURCE),
    };
}

bool bt_kb_stop_find(const struct bt_kb *kb, uint32_t code, struct bt_kb_stop *ret)
{
    for (size_t i = kb->layer_count; i-- > 0;) {
        uint32_t row = 0;
        if (find_row(kb->layers[i], BT_KB_STOPS, code, &row)) {
            read_stop(kb->layers[i], row, ret);
            return true;
        }
    }
    return false;
}

bool bt_kb_stop_next(const struct bt_kb *kb, uint64_t *at, struct bt_kb_stop *ret)
{
    // *at is the lowest code that was not given yet.
    uint64_t best = UINT64_MAX;
    for (size_t i = 0; i < kb->layer_count; i++) {
        const struct bt_kb_image *image = kb->layers[i];
        uint32_t row = bt_kb_lower_bound(image, BT_KB_STOPS, *at);
        if (row < bt_kb_rows(image, BT_KB_STOPS)) {
            uint32_t code = bt_kb_word(image, BT_KB_STOPS, row, STOP_CODE);
            if (code < best)
                best = code;
        }
    }
    if (best == UINT64_MAX)
        return false;
    *at = best + 1;
    return bt_kb_stop_find(kb, (uint32_t)best, ret);
}

bool bt_kb_parameter_at(struct bt_kb_list list, size_t index, struct bt_kb_parameter *ret)
{
    if (index >= list.count)
        return false;
    uint32_t row = list.first + (uint32_t)index;
    *ret = (struct bt_kb_parameter){
        .p = bt_kb_word(list.image, BT_KB_PARAMETERS, row, PARAMETER_P),
        .is = bt_kb_text_of(list.image, BT_KB_PARAMETERS, row, PARAMETER_IS),
        .kind = bt_kb_text_of(list.image, BT_KB_PARAMETERS, row, PARAMETER_KIND),
        .when = bt_kb_expr_of(list.image, BT_KB_PARAMETERS, row, PARAMETER_WHEN),
    };
    return true;
}

bool bt_kb_value_at(struct bt_kb_list list, size_t index, struct bt_kb_value *ret)
{
    if (index >= list.count)
        return false;
    uint32_t row = list.first + (uint32_t)index;
    *ret = (struct bt_kb_value){
        .p = bt_kb_word(list.image, BT_KB_VALUES, row, VALUE_P),
        .table = bt_kb_text_of(list.image, BT_KB_VALUES, row, VALUE_TABLE),
        .value = bt_kb_wide(list.image, BT_KB_VALUES, row, VALUE_VALUE),
        .end = bt_kb_wide(list.image, BT_KB_VALUES, row, VALUE_END),
        .mask = bt_kb_wide(list.image, BT_KB_VALUES, row, VALUE_MASK),
        .means = bt_kb_text_of(list.image, BT_KB_VALUES, row, VALUE_MEANS),
        .symbol = bt_kb_text_of(list.image, BT_KB_VALUES, row, VALUE_SYMBOL),
        .parameters = bt_kb_list_of(list.image, BT_KB_VALUES, row, VALUE_PARAMETERS),
        .when = bt_kb_expr_of(list.image, BT_KB_VALUES, row, VALUE_WHEN),
        .blame = bt_kb_text_of(list.image, BT_KB_VALUES, row, VALUE_BLAME),
    };
    return true;
}

bool bt_kb_value_fits(const struct bt_kb_value *row, uint64_t parameter)
{
    uint64_t part = parameter & row->mask;
    return part >= row->value && part <= row->end;
}

static struct bt_kb_status read_status(const struct bt_kb_image *image,
                                       enum bt_kb_section section, uint32_t row)
{
    return (struct bt_kb_status){
        .value = bt_kb_word(image, section, row, STATUS_VALUE),
        .name = bt_kb_text_of(image, section, row, STATUS_NAME),
        .text = bt_kb_text_of(image, section, row, STATUS_TEXT),
    };
}

bool bt_kb_status_find(const struct bt_kb *kb, enum bt_kb_status_kind kind, uint32_t value,
                       struct bt_kb_status *ret)
{
    enum bt_kb_section section = (enum bt_kb_section)(BT_KB_STATUS_NT + (unsigned)kind);
    for (size_t i = kb->layer_count; i-- > 0;) {
        uint32_t row = 0;
        if (find_row(kb->layers[i], section, value, &row)) {
            *ret = read_status(kb->layers[i], section, row);
            return true;
        }
    }
    return false;
}

bool bt_kb_status_by_name(const struct bt_kb *kb, enum bt_kb_status_kind kind, const char *name,
                          struct bt_kb_status *ret)
{
    enum bt_kb_section section = (enum bt_kb_section)(BT_KB_STATUS_NT + (unsigned)kind);
    for (size_t i = kb->layer_count; i-- > 0;) {
        const struct bt_kb_image *image = kb->layers[i];
        for (uint32_t row = 0; row < bt_kb_rows(image, section); row++) {
            if (bt_ieq(bt_kb_text_of(image, section, row, STATUS_NAME), name)) {
                *ret = read_status(image, section, row);
                return true;
            }
        }
    }
    return false;
}

bool bt_kb_fill_near(const struct bt_kb *kb, uint32_t value, uint32_t reach,
                     struct bt_kb_status *ret)
{
    const enum bt_kb_section section = BT_KB_STATUS_FILL;
    for (size_t i = kb->layer_count; i-- > 0;) {
        const struct bt_kb_image *image = kb->layers[i];
        for (uint32_t row = 0; row < bt_kb_rows(image, section); row++) {
            uint32_t fill = bt_kb_word(image, section, row, STATUS_VALUE);
            if (fill > value || value - fill >= reach)
                continue;
            *ret = read_status(image, section, row);
            return true;
        }
    }
    return false;
}

bool bt_kb_exception_parameter(const struct bt_kb *kb, uint32_t code, unsigned p,
                               struct bt_kb_parameter *ret)
{
    const enum bt_kb_section section = BT_KB_EXCEPTION_PARAMETERS;
    for (size_t i = kb->layer_count; i-- > 0;) {
        const struct bt_kb_image *image = kb->layers[i];
        uint32_t first = bt_kb_lower_bound(image, section, code), row = first;
        for (; row < bt_kb_rows(image, section) &&
               bt_kb_word(image, section, row, EXCEPTION_PARAMETER_CODE) == code;
             row++) {
            if (bt_kb_word(image, section, row, EXCEPTION_PARAMETER_P) != p)
                continue;
            *ret = (struct bt_kb_parameter){
                .p = p,
                .is = bt_kb_text_of(image, section, row, EXCEPTION_PARAMETER_IS),
                .kind = bt_kb_text_of(image, section, row, EXCEPTION_PARAMETER_KIND),
            };
            return true;
        }
        if (row != first)
            return false;
    }
    return false;
}
