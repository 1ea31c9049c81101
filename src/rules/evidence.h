// SPDX-License-Identifier: MIT
//
// The list of facts for and against one article, as it grows.
#ifndef BT_RULES_EVIDENCE_H
#define BT_RULES_EVIDENCE_H

#include "rules/eval.h"

struct bt_evidence_list {
    struct bt_arena *arena;
    struct bt_evidence *items;
    size_t count, capacity;
    bool silent; // nothing is added: only the truth of things is asked for
};

// Adds a line. A fact that is there already is not added again; where the new line decides, the
// old one then does. The texts are kept by reference.
enum bt_status bt_evidence_add(struct bt_evidence_list *list, struct bt_evidence line,
                               struct bt_error *err) BT_MUST_USE;

// Adds what became of a condition.
enum bt_status bt_evidence_add_condition(struct bt_evidence_list *list,
                                         const struct bt_facts *facts, struct bt_kb_expr expr,
                                         const struct bt_evaluation *evaluation,
                                         enum bt_truth truth, bool decides,
                                         struct bt_error *err) BT_MUST_USE;

#endif
