// SPDX-License-Identifier: MIT
#include "rules/stop_clause.h"

#include <inttypes.h>
#include <stdio.h>

enum { WANTED = 4 }; // parameters of a stop

struct rating {
    enum bt_truth truth;
    unsigned score; // stated parameters that hold, and a printed sample that equals
    bool sample;
};

// A stated condition under its proviso: where the proviso is false it does not count, where it
// is unknown it cannot exclude.
static enum bt_truth evaluate_stated(const struct bt_facts *facts,
                                     const struct bt_kb_condition *condition,
                                     struct bt_evaluation *evaluation, enum bt_truth *ret_when)
{
    struct bt_evaluation when;
    *ret_when = bt_evaluate(facts, condition->when, &when);
    enum bt_truth truth = bt_evaluate(facts, condition->expr, evaluation);
    return bt_truth_or(bt_truth_not(*ret_when), truth);
}

static bool is_known_sample(const struct bt_facts *facts, const struct bt_kb_sample *sample)
{
    bool any = false;
    for (unsigned i = 0; i < WANTED; i++) {
        struct bt_opt64 found = bt_facts_parameter(facts, i + 1);
        if ((sample->known >> i & 1) == 0)
            continue;
        if (!found.known || found.value != sample->values[i])
            return false;
        any = true;
    }
    return any;
}

static bool equals_sample(const struct bt_facts *facts, const struct bt_kb_clause *clause)
{
    struct bt_kb_sample sample;
    for (size_t i = 0; bt_kb_sample_at(clause->samples, i, &sample); i++) {
        if (is_known_sample(facts, &sample))
            return true;
    }
    return false;
}

static struct rating rate_clause(const struct bt_facts *facts,
                                 const struct bt_kb_clause *clause)
{
    struct bt_evaluation evaluation;
    struct bt_kb_condition condition;
    enum bt_truth when = BT_TRUE;
    struct rating rating = {.truth = BT_TRUE};
    for (size_t i = 0; bt_kb_condition_at(clause->conditions, i, &condition); i++) {
        enum bt_truth truth = evaluate_stated(facts, &condition, &evaluation, &when);
        rating.truth = bt_truth_and(rating.truth, truth);
        rating.score += truth == BT_TRUE && when == BT_TRUE;
    }
    rating.sample = equals_sample(facts, clause);
    rating.score += rating.sample;
    return rating;
}

// TRUE before UNKNOWN before FALSE, then by score.
static bool is_better(struct rating a, struct rating b)
{
    static const unsigned ranks[] = {[BT_FALSE] = 0, [BT_UNKNOWN] = 1, [BT_TRUE] = 2};
    if (ranks[a.truth] != ranks[b.truth])
        return ranks[a.truth] > ranks[b.truth];
    return a.score > b.score;
}

static enum bt_status add_code(const struct bt_facts *facts, struct bt_evidence_list *evidence,
                               struct bt_error *err)
{
    struct bt_evidence line = {.result = BT_TRUE};
    const struct bt_stop *stop = &facts->crash->stop;
    BT_TRY(
        bt_arena_printf(evidence->arena, &line.fact, err, "stop code 0x%" PRIX32, stop->code));
    if (stop->raw != stop->code)
        BT_TRY(bt_arena_printf(evidence->arena, &line.detail, err, "raised as 0x%" PRIX32,
                               stop->raw));
    return bt_evidence_add(evidence, line, err);
}

static enum bt_status add_clause(const struct bt_facts *facts,
                                 const struct bt_kb_clause *clause, struct rating rating,
                                 struct bt_evidence_list *evidence, struct bt_error *err)
{
    struct bt_evaluation evaluation;
    struct bt_kb_condition condition;
    enum bt_truth when = BT_TRUE;
    for (size_t i = 0; bt_kb_condition_at(clause->conditions, i, &condition); i++) {
        enum bt_truth truth = evaluate_stated(facts, &condition, &evaluation, &when);
        if (when == BT_FALSE)
            continue;
        BT_TRY(bt_evidence_add_condition(evidence, facts, condition.expr, &evaluation, truth,
                                         truth != BT_TRUE, err));
    }
    if (!rating.sample)
        return BT_OK;
    return bt_evidence_add(evidence,
                           (struct bt_evidence){.fact = "parameters as the article prints them",
                                                .result = BT_TRUE},
                           err);
}

enum bt_status bt_match_clauses(const struct bt_facts *facts,
                                const struct bt_kb_article *article,
                                struct bt_evidence_list *evidence, enum bt_truth *ret,
                                uint64_t *ret_signature, struct bt_error *err)
{
    struct bt_kb_clause clause, best = {0};
    struct rating rating = {.truth = BT_FALSE};
    bool found = false;
    *ret = article->clauses.count == 0 ? BT_TRUE : BT_FALSE;
    *ret_signature = 0;
    if (!facts->crash->stop.present)
        return BT_OK;
    for (size_t i = 0; bt_kb_clause_at(article->clauses, i, &clause); i++) {
        if (clause.code != facts->crash->stop.code)
            continue;
        struct rating one = rate_clause(facts, &clause);
        if (!found || is_better(one, rating)) {
            best = clause;
            rating = one;
        }
        found = true;
    }
    if (!found)
        return BT_OK;
    *ret = rating.truth;
    *ret_signature = best.signature;
    BT_TRY(add_code(facts, evidence, err));
    return add_clause(facts, &best, rating, evidence, err);
}
