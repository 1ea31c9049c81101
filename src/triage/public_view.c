// SPDX-License-Identifier: MIT
//
// The public view of a result: the few facts that a caller asks for most.
#include "triage/triage.h"

const char *bt_triage_status(const struct bt_triage *triage)
{
    return bt_read_status_name(bt_triage_result(triage)->crash->status);
}

const char *bt_triage_problem(const struct bt_triage *triage)
{
    return bt_triage_result(triage)->crash->problem.message;
}

bool bt_triage_stop_code(const struct bt_triage *triage, uint32_t *ret)
{
    const struct bt_stop *stop = &bt_triage_result(triage)->crash->stop;
    if (stop->present)
        *ret = stop->code;
    return stop->present;
}

const char *bt_triage_stop_name(const struct bt_triage *triage)
{
    return bt_triage_result(triage)->stop.name;
}

const char *bt_triage_culprit(const struct bt_triage *triage)
{
    return bt_triage_result(triage)->verdict.culprit.module;
}

size_t bt_triage_article_count(const struct bt_triage *triage)
{
    return bt_triage_result(triage)->matches.fitting;
}

const char *bt_triage_article(const struct bt_triage *triage, size_t index,
                              const char **ret_verdict)
{
    const struct bt_match_list *matches = &bt_triage_result(triage)->matches;
    if (index >= matches->fitting)
        return NULL;
    if (ret_verdict != NULL)
        *ret_verdict = bt_fit_name(matches->items[index].fit);
    return matches->items[index].article;
}
