// SPDX-License-Identifier: MIT
#include "rules/evidence.h"

#include <string.h>

#include "rules/describe.h"

enum bt_status bt_evidence_add(struct bt_evidence_list *list, struct bt_evidence line,
                               struct bt_error *err)
{
    if (list->silent)
        return BT_OK;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].fact, line.fact) == 0) {
            list->items[i].decides |= line.decides;
            return BT_OK;
        }
    }
    if (list->count == list->capacity) {
        struct bt_evidence *items = NULL;
        size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        BT_TRY(bt_arena_alloc(list->arena, capacity, sizeof *items, &items, err));
        if (list->count != 0)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = line;
    return BT_OK;
}

enum bt_status bt_evidence_add_condition(struct bt_evidence_list *list,
                                         const struct bt_facts *facts, struct bt_kb_expr expr,
                                         const struct bt_evaluation *evaluation,
                                         enum bt_truth truth, bool decides,
                                         struct bt_error *err)
{
    struct bt_evidence line = {.result = truth, .decides = decides};
    if (list->silent)
        return BT_OK;
    BT_TRY(bt_describe_condition(expr, list->arena, &line.fact, err));
    BT_TRY(bt_describe_result(facts, expr, evaluation, list->arena, &line.detail, err));
    return bt_evidence_add(list, line, err);
}
