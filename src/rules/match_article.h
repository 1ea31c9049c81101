// SPDX-License-Identifier: MIT
//
// One article against one crash.
#ifndef BT_RULES_MATCH_ARTICLE_H
#define BT_RULES_MATCH_ARTICLE_H

#include "rules/crash_facts.h"

// Fills `ret`; *ret_signature is that of the stop clause that fits best, 0 where none does.
// `brief`: of an article that does not fit nothing but that it does not.
// `facts->unfixed` is used as scratch space.
enum bt_status bt_match_article(struct bt_facts *facts, const struct bt_kb_article *article,
                                bool brief, struct bt_arena *arena, struct bt_match *ret,
                                uint64_t *ret_signature, struct bt_error *err) BT_MUST_USE;

#endif
