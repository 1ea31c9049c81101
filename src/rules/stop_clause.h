// SPDX-License-Identifier: MIT
//
// The stop clauses of an article: code, stated parameters, printed samples.
#ifndef BT_RULES_STOP_CLAUSE_H
#define BT_RULES_STOP_CLAUSE_H

#include "rules/evidence.h"

// Finds the clause that fits best and adds its lines of evidence. An article without clauses
// holds, and has no signature.
enum bt_status bt_match_clauses(const struct bt_facts *facts,
                                const struct bt_kb_article *article,
                                struct bt_evidence_list *evidence, enum bt_truth *ret,
                                uint64_t *ret_signature, struct bt_error *err) BT_MUST_USE;

#endif
