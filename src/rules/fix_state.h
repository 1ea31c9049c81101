// SPDX-License-Identifier: MIT
//
// Whether the fix of an article is already on the machine of a crash.
#ifndef BT_RULES_FIX_STATE_H
#define BT_RULES_FIX_STATE_H

#include "rules/crash_facts.h"

// Fills `ret` from the article and the crash. Where there is no fix, ret->present is false.
enum bt_status bt_find_fix_state(const struct bt_facts *facts,
                                 const struct bt_kb_article *article, struct bt_arena *arena,
                                 struct bt_fix *ret, struct bt_error *err) BT_MUST_USE;

#endif
