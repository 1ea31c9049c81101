// SPDX-License-Identifier: MIT
//
// Conditions and what became of them, in words.
#ifndef BT_RULES_DESCRIBE_H
#define BT_RULES_DESCRIBE_H

#include "rules/eval.h"

// "tcpip.sys is loaded", "parameter 1 is 0x8". Never NULL on success.
enum bt_status bt_describe_condition(struct bt_kb_expr expr, struct bt_arena *arena,
                                     const char **ret, struct bt_error *err) BT_MUST_USE;

// What the crash says to it, or what would tell. NULL where the condition says it all.
enum bt_status bt_describe_result(const struct bt_facts *facts, struct bt_kb_expr expr,
                                  const struct bt_evaluation *evaluation,
                                  struct bt_arena *arena, const char **ret,
                                  struct bt_error *err) BT_MUST_USE;

#endif
