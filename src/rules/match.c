// SPDX-License-Identifier: MIT
#include "rules/match.h"

#include "base/attributes.h"
#include "base/names.h"

static const struct bt_name truth_names[] = {
    {BT_FALSE, "false"},
    {BT_TRUE, "true"},
    {BT_UNKNOWN, "unknown"},
};

static const struct bt_name fit_names[] = {
    {BT_FIT_NONE, "none"},     {BT_FIT_POSSIBLE, "possible"}, {BT_FIT_PROBABLE, "probable"},
    {BT_FIT_STRONG, "strong"}, {BT_FIT_FIXED, "fixed"},
};

static const struct bt_name fix_status_names[] = {
    {BT_FIX_UNKNOWN, "unknown"},
    {BT_FIX_NEEDED, "needed"},
    {BT_FIX_INSTALLED, "installed"},
};

static const struct bt_name file_state_names[] = {
    {BT_FILE_UNKNOWN, "unknown"},
    {BT_FILE_NEEDED, "needed"},
    {BT_FILE_INSTALLED, "installed"},
    {BT_FILE_NOT_COMPARABLE, "not-comparable"},
    {BT_FILE_ABSENT, "absent"},
    {BT_FILE_LIKELY_OLDER, "likely-older"},
    {BT_FILE_LIKELY_NEWER, "likely-newer"},
};

static const struct bt_name listed_names[] = {
    {BT_LISTED_YES, "installed"},
    {BT_LISTED_SUCCESSOR, "superseded"},
    {BT_LISTED_NO, "not-listed"},
};

const char *bt_listed_name(enum bt_listed listed)
{
    return bt_name_of(listed_names, BT_COUNT(listed_names), listed);
}

const char *bt_truth_name(enum bt_truth truth)
{
    return bt_name_of(truth_names, BT_COUNT(truth_names), truth);
}

const char *bt_fit_name(enum bt_fit fit)
{
    return bt_name_of(fit_names, BT_COUNT(fit_names), fit);
}

const char *bt_fix_status_name(enum bt_fix_status status)
{
    return bt_name_of(fix_status_names, BT_COUNT(fix_status_names), status);
}

const char *bt_file_state_name(enum bt_file_state state)
{
    return bt_name_of(file_state_names, BT_COUNT(file_state_names), state);
}
