// SPDX-License-Identifier: MIT
//
// Functions of conditions that look at modules, addresses and the stack.
#ifndef BT_RULES_EVAL_FILES_H
#define BT_RULES_EVAL_FILES_H

#include "rules/eval.h"

// `a` is the value of the first operand, where the function has one.
struct bt_value bt_evaluate_files(const struct bt_facts *facts, const struct bt_kb_node *node,
                                  const struct bt_value *a);

#endif
