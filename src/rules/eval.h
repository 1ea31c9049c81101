// SPDX-License-Identifier: MIT
//
// Evaluating one compiled condition.
#ifndef BT_RULES_EVAL_H
#define BT_RULES_EVAL_H

#include "base/limits.h"
#include "kb/expr.h"
#include "rules/crash_facts.h"

// What a node came to. Of a node that is a condition `truth` counts, of others `known` and
// `number` or `word`.
struct bt_value {
    enum bt_truth truth;
    bool known;
    bool absent; // of a file that is certainly not loaded: no comparison with it holds
    uint64_t number;
    const char *word;
    // Where a function over files found something: which, and where in it.
    const struct bt_module *module;
    const char *name;
    uint64_t offset;
    bool no_offset; // only the module is known
    size_t frame;   // 1 + index; 0 none
};

struct bt_evaluation {
    size_t count;
    struct bt_value values[BT_LIMIT_EXPRESSION_NODES];
};

// Evaluates all nodes; gives the truth of the whole. A missing condition is true.
enum bt_truth bt_evaluate(const struct bt_facts *facts, struct bt_kb_expr expr,
                          struct bt_evaluation *ret);

#endif
