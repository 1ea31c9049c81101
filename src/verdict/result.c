// SPDX-License-Identifier: MIT
#include "verdict/result.h"

#include "base/attributes.h"
#include "base/names.h"

static const struct bt_name confidence_names[] = {
    {BT_CONFIDENCE_LOW, "low"},
    {BT_CONFIDENCE_MEDIUM, "medium"},
    {BT_CONFIDENCE_HIGH, "high"},
};

const char *bt_confidence_name(enum bt_confidence confidence)
{
    return bt_name_of(confidence_names, BT_COUNT(confidence_names), confidence);
}
