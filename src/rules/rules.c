// SPDX-License-Identifier: MIT
#include "rules/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "rules/eval.h"
#include "rules/match_article.h"
#include "rules/system_fit.h"

// A match with what is needed to rank it.
struct ranked {
    struct bt_match match;
    uint64_t signature;
    size_t layer; // of knowledge: one's own lie over the built-in one
};

struct gathering {
    struct ranked *items;
    size_t count, capacity;
    size_t mentions, misfits;
};

enum bt_truth bt_rules_eval(const struct bt_kb *kb, struct bt_kb_expr expr,
                            const struct bt_crash *crash)
{
    struct bt_facts facts;
    struct bt_evaluation evaluation;
    bt_facts_init(&facts, kb, crash);
    return bt_evaluate(&facts, expr, &evaluation);
}

bool bt_rules_fault_address(const struct bt_kb *kb, const struct bt_crash *crash, bt_va *ret)
{
    struct bt_facts facts;
    bt_facts_init(&facts, kb, crash);
    bt_facts_find_faults(&facts);
    if (facts.fault_count == 0)
        return false;
    *ret = facts.faults[0];
    return true;
}

// What an engineer can act on comes first: an article whose fix is already there rules itself
// out, and comes after those that may still be it.
static unsigned rank_of(enum bt_fit fit)
{
    switch (fit) {
    case BT_FIT_STRONG:
        return 0;
    case BT_FIT_PROBABLE:
        return 1;
    case BT_FIT_POSSIBLE:
        return 2;
    case BT_FIT_FIXED:
        return 3;
    case BT_FIT_NONE:
        break;
    }
    return 4;
}

// Verdict, then independent facts, then narrowness: what decides between two articles.
static int compare_merit(const struct bt_match *a, const struct bt_match *b)
{
    if (a->fit != b->fit)
        return rank_of(a->fit) < rank_of(b->fit) ? -1 : 1;
    if (a->facts != b->facts)
        return a->facts > b->facts ? -1 : 1;
    if (a->narrowness != b->narrowness)
        return a->narrowness < b->narrowness ? -1 : 1;
    return 0;
}

// Of those that fit alike, articles of one's own come before those that everybody has.
static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int order = compare_merit(&x->match, &y->match);
    if (order != 0)
        return order;
    if (x->layer != y->layer)
        return x->layer > y->layer ? -1 : 1;
    return strcmp(x->match.article, y->match.article);
}

static enum bt_status make_room(struct gathering *g, struct bt_arena *arena,
                                struct bt_error *err)
{
    struct ranked *items = NULL;
    if (g->count < g->capacity)
        return BT_OK;
    size_t capacity = g->capacity == 0 ? 8 : g->capacity * 2;
    BT_TRY(bt_arena_alloc(arena, capacity, sizeof *items, &items, err));
    if (g->count != 0)
        memcpy(items, g->items, g->count * sizeof *items);
    g->items = items;
    g->capacity = capacity;
    return BT_OK;
}

// When the list is full the better half stays: the best match is never lost, wherever it
// stands.
static void drop_the_worse(struct gathering *g)
{
    qsort(g->items, g->count, sizeof *g->items, compare_ranked);
    g->count = BT_LIMIT_MATCHES / 2;
}

// Whether an article speaks of other systems, and neither its fix nor its author brings in this
// one: enough to pass over it where there are many.
static bool is_for_others(const struct bt_facts *facts, const struct bt_kb_article *article)
{
    return article->systems.count != 0 && !article->outside_possible &&
           article->fixed_in.count == 0 && article->requires_systems.count == 0 &&
           bt_systems_fit(facts, article->systems, false) == BT_FALSE;
}

static size_t find_layer(const struct bt_kb *kb, const char *name)
{
    size_t layer = bt_kb_layer_count(kb);
    while (layer > 0 && bt_kb_layer_name(kb, layer - 1) != name)
        layer--;
    return layer;
}

static enum bt_status gather(struct bt_facts *facts, bool brief, struct bt_arena *arena,
                             struct gathering *g, struct bt_error *err)
{
    struct bt_kb_candidates at = {0};
    struct bt_kb_article article;
    struct bt_kb_file_set files = {{0}};
    const struct bt_crash *crash = facts->crash;
    struct bt_kb_crash_codes codes = {
        .stop = {crash->stop.code, crash->stop.present},
        .exception_present = crash->exception.present,
        .exception = {crash->exception.code,
                      crash->exception.present && !crash->exception.code_unknown},
        .files = facts->modules_complete ? &files : NULL,
    };
    if (crash->exception.present)
        bt_facts_fault_modules(facts, codes.modules);
    for (size_t i = 0; facts->modules_complete && i < crash->module_count; i++)
        bt_kb_file_set_add(&files, facts->index[i].name);
    bt_kb_file_set_add_aliases(facts->kb, &files);
    while (bt_kb_candidate_next(facts->kb, &codes, &at, &article)) {
        if (at.sift && is_for_others(facts, &article)) {
            at.passed_over++;
            continue;
        }
        if (g->count == BT_LIMIT_MATCHES)
            drop_the_worse(g);
        BT_TRY(make_room(g, arena, err));
        struct ranked *item = &g->items[g->count];
        BT_TRY(bt_match_article(facts, &article, brief, arena, &item->match, &item->signature,
                                err));
        item->layer = find_layer(facts->kb, article.layer);
        bool codeless = article.clauses.count == 0;
        bool fits = item->match.fit != BT_FIT_NONE;
        g->mentions += !codeless;
        g->misfits += !codeless && !fits;
        // An article on any stop that does not fit is worth no line, and others are not when
        // there are many.
        g->count += fits || (!codeless && !brief && g->misfits <= BT_LIMIT_EXPLAINED);
    }
    g->mentions += at.passed_over;
    g->misfits += at.passed_over;
    return BT_OK;
}

static void mark_ties(struct bt_match_list *list)
{
    for (size_t i = 1; i < list->fitting; i++) {
        struct bt_match *a = &list->items[i - 1], *b = &list->items[i];
        if (compare_merit(a, b) == 0)
            a->tied = b->tied = true;
    }
}

static enum bt_status make_list(const struct gathering *g, struct bt_arena *arena,
                                struct bt_match_list *ret, struct bt_error *err)
{
    struct bt_match_list list = {
        .count = g->count, .mentions = g->mentions, .misfits = g->misfits};
    BT_TRY(bt_arena_alloc(arena, g->count, sizeof *list.items, &list.items, err));
    for (size_t i = 0; i < g->count; i++) {
        list.items[i] = g->items[i].match;
        if (list.items[i].fit == BT_FIT_NONE)
            continue;
        list.fitting++;
        list.same_signature +=
            g->items[i].signature != 0 && g->items[i].signature == g->items[0].signature;
    }
    mark_ties(&list);
    *ret = list;
    return BT_OK;
}

enum bt_status bt_rules_match(const struct bt_kb *kb, const struct bt_crash *crash, bool brief,
                              struct bt_arena *arena, struct bt_match_list *ret,
                              struct bt_error *err)
{
    struct bt_facts facts;
    struct gathering g = {0};
    bt_facts_init(&facts, kb, crash);
    bt_facts_find_faults(&facts);
    BT_TRY(bt_facts_index_modules(&facts, arena, err));
    BT_TRY(gather(&facts, brief, arena, &g, err));
    if (g.count > 1)
        qsort(g.items, g.count, sizeof *g.items, compare_ranked);
    return make_list(&g, arena, ret, err);
}
