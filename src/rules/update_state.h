// SPDX-License-Identifier: MIT
//
// Whether the update of an article is in the list of those installed on the machine.
#ifndef BT_RULES_UPDATE_STATE_H
#define BT_RULES_UPDATE_STATE_H

#include "kb/article.h"
#include "rules/crash_facts.h"

// Fills ret->listed. Nothing is said where there is no list, or where the article's fix is no
// update with the number of the article.
void bt_find_listed(const struct bt_facts *facts, const struct bt_kb_article *article,
                    struct bt_fix *ret);

#endif
