// SPDX-License-Identifier: MIT
//
// The clauses of an article: code of a stop or an exception, what is stated, printed samples.
#ifndef BT_RULES_STOP_CLAUSE_H
#define BT_RULES_STOP_CLAUSE_H

#include "rules/evidence.h"

struct bt_clause_match {
    enum bt_truth truth;
    uint64_t signature;      // 0: none
    enum bt_kb_raise raises; // by itself, where it holds
};

// Finds the clause that fits best and adds its lines of evidence. An article without clauses
// holds. With `decisive` a clause that raises marks its lines as what decides.
enum bt_status bt_match_clauses(const struct bt_facts *facts,
                                const struct bt_kb_article *article, bool decisive,
                                struct bt_evidence_list *evidence, struct bt_clause_match *ret,
                                struct bt_error *err) BT_MUST_USE;

#endif
