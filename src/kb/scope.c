// SPDX-License-Identifier: MIT
//
// What the other keys of an article leave of the facts that its rules look at, so that a rule
// that can never hold is found.
#include <stdio.h>
#include <string.h>

#include "kb/parse_expr.h"
#include "kb/system.h"
#include "kb/words.h"

const struct bt_kb_scope bt_kb_scope_any = {
    .build_to = UINT32_MAX,
    .archs = UINT32_MAX,
    .exception_to = UINT32_MAX,
    .stop_to = UINT32_MAX,
    .parameters = {{0, UINT64_MAX}, {0, UINT64_MAX}, {0, UINT64_MAX}, {0, UINT64_MAX}},
};

// --- Systems

static unsigned count_bits(uint32_t bits)
{
    unsigned count = 0;
    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

// A rough measure of how many kinds of systems a notation names: builds that were released,
// service packs, architectures.
static uint32_t measure_system(const struct bt_kb_system *system)
{
    uint32_t packs = system->sp_from.known && system->sp_to.value < 99
                         ? system->sp_to.value - system->sp_from.value + 1
                         : 7;
    uint32_t archs = system->archs != 0 ? count_bits(system->archs) : 3;
    uint32_t builds = system->build_to == system->build_from ? 1 : 3;
    return packs * archs * builds;
}

static void widen_builds(struct bt_kb_scope *scope, const struct bt_kb_system *system)
{
    if (system->build_from < scope->build_from)
        scope->build_from = system->build_from;
    if (system->build_to > scope->build_to)
        scope->build_to = system->build_to;
    scope->archs |= (system->archs != 0 ? system->archs : UINT32_MAX) & ~system->not_archs;
    scope->narrowness += measure_system(system);
}

static struct bt_kb_scope measure_systems(const struct bt_yaml_node *applies)
{
    struct bt_kb_scope scope = bt_kb_scope_any;
    scope.build_from = UINT32_MAX;
    scope.build_to = 0;
    scope.archs = 0;
    const struct bt_yaml_node *n = applies;
    if (applies != NULL && applies->kind == BT_YAML_SEQUENCE)
        n = applies->first;
    for (; n != NULL; n = applies->kind == BT_YAML_SEQUENCE ? n->next : NULL) {
        struct bt_kb_system system;
        char bad[BT_KB_BAD_WORD_SIZE];
        if (n->kind == BT_YAML_SCALAR && bt_kb_parse_system(n->text, &system, bad))
            widen_builds(&scope, &system);
    }
    if (scope.narrowness == 0) {
        scope = bt_kb_scope_any;
        scope.narrowness = 9999;
    }
    return scope;
}

// --- Exceptions

static bool is_of_programs(const struct bt_yaml_node *clause)
{
    const struct bt_yaml_node *where = bt_yaml_get(clause, "where");
    return where == NULL || (where->kind == BT_YAML_SCALAR && strcmp(where->text, "user") == 0);
}

static void widen_codes(struct bt_kb_compiler *c, const struct bt_yaml_node *clause,
                        struct bt_kb_scope *scope)
{
    const struct bt_yaml_node *codes = bt_yaml_get(clause, "code");
    bool list = codes != NULL && codes->kind == BT_YAML_SEQUENCE;
    const struct bt_yaml_node *n = list ? codes->first : codes;
    for (; n != NULL; n = list ? n->next : NULL) {
        uint64_t code = 0;
        bool known = n->kind == BT_YAML_SCALAR && bt_kb_parse_value(c, n->text, &code) &&
                     code <= UINT32_MAX;
        uint32_t low = known ? (uint32_t)code : 0, high = known ? (uint32_t)code : UINT32_MAX;
        scope->exception_from = low < scope->exception_from ? low : scope->exception_from;
        scope->exception_to = high > scope->exception_to ? high : scope->exception_to;
    }
    scope->no_stop = scope->no_stop && is_of_programs(clause);
}

// What the exception clauses of an article without a stop leave of its facts.
static void measure_exceptions(struct bt_kb_compiler *c, const struct bt_yaml_node *exception,
                               struct bt_kb_scope *scope)
{
    bool list = exception->kind == BT_YAML_SEQUENCE;
    const struct bt_yaml_node *n = list ? exception->first : exception;
    scope->exception_from = UINT32_MAX;
    scope->exception_to = 0;
    scope->no_stop = true;
    for (; n != NULL; n = list ? n->next : NULL)
        widen_codes(c, n, scope);
}

// --- Stops

static void widen_stops(struct bt_kb_compiler *c, const struct bt_yaml_node *clause,
                        struct bt_kb_scope *scope)
{
    const struct bt_yaml_node *codes = bt_yaml_get(clause, "code");
    bool list = codes != NULL && codes->kind == BT_YAML_SEQUENCE;
    const struct bt_yaml_node *n = list ? codes->first : codes;
    for (; n != NULL; n = list ? n->next : NULL) {
        uint64_t code = 0;
        if (n->kind != BT_YAML_SCALAR || !bt_kb_parse_value(c, n->text, &code))
            continue; // complained about elsewhere
        scope->stop_from = code < scope->stop_from ? (uint32_t)code : scope->stop_from;
        scope->stop_to = code > scope->stop_to ? (uint32_t)code : scope->stop_to;
    }
}

// One number that is stated without a proviso. Numbers from 2^31 on equal others too, see
// "What equality and order mean" in docs/kb-language.md.
static void take_stated(struct bt_kb_compiler *c, const struct bt_yaml_node *clause,
                        struct bt_kb_scope *scope)
{
    for (unsigned i = 0; i < 4 && bt_yaml_get(clause, "when") == NULL; i++) {
        char key[8];
        uint64_t value = 0;
        snprintf(key, sizeof key, "p%u", i + 1);
        const struct bt_yaml_node *node = bt_yaml_get(clause, key);
        if (node != NULL && node->kind == BT_YAML_SCALAR &&
            bt_kb_parse_value(c, node->text, &value) && value < UINT32_C(0x80000000))
            scope->parameters[i] = (struct bt_kb_bounds){value, value};
    }
}

static void measure_stops(struct bt_kb_compiler *c, const struct bt_yaml_node *stop,
                          struct bt_kb_scope *scope)
{
    bool list = stop->kind == BT_YAML_SEQUENCE;
    const struct bt_yaml_node *n = list ? stop->first : stop;
    scope->stop_from = UINT32_MAX;
    scope->stop_to = 0;
    if (n != NULL && (!list || n->next == NULL))
        take_stated(c, n, scope);
    for (; n != NULL; n = list ? n->next : NULL)
        widen_stops(c, n, scope);
    if (scope->stop_from > scope->stop_to) {
        scope->stop_from = 0;
        scope->stop_to = UINT32_MAX;
    }
}

struct bt_kb_scope bt_kb_measure_scope(struct bt_kb_compiler *c,
                                       const struct bt_yaml_node *article)
{
    const struct bt_yaml_node *stop = bt_yaml_get(article, "stop");
    const struct bt_yaml_node *exception = bt_yaml_get(article, "exception");
    struct bt_kb_scope scope = measure_systems(bt_yaml_get(article, "applies"));
    if (stop == NULL && exception != NULL)
        measure_exceptions(c, exception, &scope);
    if (stop != NULL && exception == NULL)
        measure_stops(c, stop, &scope);
    return scope;
}
