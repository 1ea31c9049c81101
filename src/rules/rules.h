// SPDX-License-Identifier: MIT
//
// The rule engine: matches the articles of the knowledge against one crash, and evaluates
// single conditions. Three-valued: what a dump does not hold is unknown, and unknown never
// excludes.
#ifndef BT_RULES_RULES_H
#define BT_RULES_RULES_H

#include "base/arena.h"
#include "kb/kb.h"
#include "rules/match.h"

// Matches every article that names the stop code of the crash, and those that name none. The
// result and its texts live in `arena` and in `kb`. An empty list is a success. The stack
// (crash->frames) must be walked before: conditions look at it. `brief`: articles that do not
// fit are only counted, which takes a fraction of the time.
enum bt_status bt_rules_match(const struct bt_kb *kb, const struct bt_crash *crash, bool brief,
                              struct bt_arena *arena, struct bt_match_list *ret,
                              struct bt_error *err) BT_MUST_USE;

// A `when` condition of a parameter or value row. No condition is true.
enum bt_truth bt_rules_eval(const struct bt_kb *kb, struct bt_kb_expr expr,
                            const struct bt_crash *crash);

// The address that the stop or its exception says was executed when things went wrong: the
// exception's address, else the parameters that are code for this stop. False
// where the crash names none.
bool bt_rules_fault_address(const struct bt_kb *kb, const struct bt_crash *crash, bt_va *ret);

#endif
