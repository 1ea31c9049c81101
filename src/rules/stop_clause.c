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

// Whether the clause demands a code, and what is known of the crash does not tell it.
static bool is_code_open(const struct bt_facts *facts, const struct bt_kb_clause *clause)
{
    return clause->kinds != BT_KB_CLAUSE_STOP && !clause->any_code &&
           facts->crash->exception.code_unknown;
}

static struct rating rate_clause(const struct bt_facts *facts,
                                 const struct bt_kb_clause *clause)
{
    struct bt_evaluation evaluation;
    struct bt_kb_condition condition;
    enum bt_truth when = BT_TRUE;
    struct rating rating = {.truth = is_code_open(facts, clause) ? BT_UNKNOWN : BT_TRUE};
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

static enum bt_status add_stop(const struct bt_facts *facts, struct bt_evidence_list *evidence,
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

static enum bt_status add_exception(const struct bt_facts *facts,
                                    const struct bt_kb_clause *clause,
                                    struct bt_evidence_list *evidence, struct bt_error *err)
{
    struct bt_evidence line = {.result = BT_TRUE};
    bool unknown = facts->crash->exception.code_unknown;
    if (unknown && clause->any_code)
        return BT_OK;
    if (unknown) {
        line.result = BT_UNKNOWN;
        line.detail = "the report does not tell it";
        line.decides = true;
    }
    BT_TRY(bt_arena_printf(evidence->arena, &line.fact, err, "exception 0x%" PRIX32,
                           unknown ? clause->code : facts->crash->exception.code));
    return bt_evidence_add(evidence, line, err);
}

static enum bt_status add_clause(const struct bt_facts *facts,
                                 const struct bt_kb_clause *clause, struct rating rating,
                                 bool decisive, struct bt_evidence_list *evidence,
                                 struct bt_error *err)
{
    struct bt_evaluation evaluation;
    struct bt_kb_condition condition;
    enum bt_truth when = BT_TRUE;
    for (size_t i = 0; bt_kb_condition_at(clause->conditions, i, &condition); i++) {
        enum bt_truth truth = evaluate_stated(facts, &condition, &evaluation, &when);
        if (when == BT_FALSE)
            continue;
        BT_TRY(bt_evidence_add_condition(evidence, facts, condition.expr, &evaluation, truth,
                                         decisive || truth != BT_TRUE, err));
    }
    if (!rating.sample)
        return BT_OK;
    return bt_evidence_add(evidence,
                           (struct bt_evidence){.fact = "parameters as the article prints them",
                                                .result = BT_TRUE},
                           err);
}

// Whether a clause is about this kind of crash, and about its code.
static bool is_about(const struct bt_facts *facts, const struct bt_kb_clause *clause)
{
    const struct bt_crash *crash = facts->crash;
    if (clause->kinds == BT_KB_CLAUSE_STOP)
        return crash->stop.present && clause->code == crash->stop.code;
    unsigned kind = crash->stop.present ? BT_KB_CLAUSE_KERNEL : BT_KB_CLAUSE_USER;
    return crash->exception.present && (clause->kinds & kind) != 0 &&
           (clause->any_code || crash->exception.code_unknown ||
            clause->code == crash->exception.code);
}

enum bt_status bt_match_clauses(const struct bt_facts *facts,
                                const struct bt_kb_article *article, bool decisive,
                                struct bt_evidence_list *evidence, struct bt_clause_match *ret,
                                struct bt_error *err)
{
    struct bt_kb_clause clause, best = {0};
    struct rating rating = {.truth = BT_FALSE};
    bool found = false;
    *ret = (struct bt_clause_match){.truth = article->clauses.count == 0 ? BT_TRUE : BT_FALSE};
    for (size_t i = 0; bt_kb_clause_at(article->clauses, i, &clause); i++) {
        if (!is_about(facts, &clause))
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
    *ret = (struct bt_clause_match){
        .truth = rating.truth, .signature = best.signature, .raises = best.raises};
    if (evidence->silent)
        return BT_OK;
    if (best.kinds == BT_KB_CLAUSE_STOP)
        BT_TRY(add_stop(facts, evidence, err));
    else
        BT_TRY(add_exception(facts, &best, evidence, err));
    decisive = decisive && best.raises != BT_KB_RAISES_NOTHING;
    return add_clause(facts, &best, rating, decisive, evidence, err);
}
