// SPDX-License-Identifier: MIT
//
// Conditions that can never hold: demands on one fact that exclude each other, or what the rest
// of the article says of it.
#include "base/text.h"
#include "kb/parse_expr.h"
#include "kb/words.h"

struct demand {
    enum bt_kb_op op; // of the fact
    uint64_t which;   // number of the parameter
    uint64_t low, high;
};

static bool narrow(struct demand *demand, enum bt_kb_op op, uint64_t value)
{
    uint64_t low = 0, high = UINT64_MAX;
    switch (op) {
    case BT_KB_OP_EQ:
        low = high = value;
        break;
    case BT_KB_OP_LT:
        if (value == 0)
            return false;
        high = value - 1;
        break;
    case BT_KB_OP_LE:
        high = value;
        break;
    case BT_KB_OP_GT:
        if (value == UINT64_MAX)
            return false;
        low = value + 1;
        break;
    case BT_KB_OP_GE:
        low = value;
        break;
    default:
        return true;
    }
    demand->low = low > demand->low ? low : demand->low;
    demand->high = high < demand->high ? high : demand->high;
    return demand->low <= demand->high;
}

// Whether `node` is a simple demand on a number: FACT comparison LITERAL.
static bool is_demand(const struct bt_kb_parsed *parsed, const struct bt_kb_parsed_node *node)
{
    if (!bt_kb_op_is_comparison(node->op))
        return false;
    const struct bt_kb_parsed_node *a = &parsed->nodes[node->a], *b = &parsed->nodes[node->b];
    bool fact = bt_kb_ops[a->op].form == BT_KB_FORM_FACT && a->type == BT_KB_TYPE_NUMBER;
    return fact && b->op == BT_KB_OP_NUMBER;
}

static struct demand *demand_on(struct demand *demands, size_t *count,
                                const struct bt_kb_parsed_node *fact)
{
    for (size_t i = 0; i < *count; i++) {
        if (demands[i].op == fact->op && demands[i].which == fact->value)
            return &demands[i];
    }
    struct demand *demand = &demands[(*count)++];
    *demand = (struct demand){.op = fact->op, .which = fact->value, .high = UINT64_MAX};
    return demand;
}

void bt_kb_complain_impossible(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                               const struct bt_kb_parsed_node *node, const char *why)
{
    struct bt_kb_place place = parsed->place;
    const char *text = &parsed->source[node->start];
    size_t size = node->end - node->start;
    while (size > 1 && bt_is_space(text[size - 1]))
        size--;
    if (parsed->exact_columns)
        place.column += node->start;
    bt_kb_complain(c->diagnostics, place, "this can never hold: \"%.*s\" %s", (int)size, text,
                   why);
}

// A program that crashes has no stop code, and no parameters of one.
static bool asks_for_stop(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed)
{
    for (uint32_t i = 0; i < parsed->count; i++) {
        enum bt_kb_op op = parsed->nodes[i].op;
        if (op != BT_KB_OP_STOP && op != BT_KB_OP_STOP_RAW && op != BT_KB_OP_PARAMETER)
            continue;
        bt_kb_complain_impossible(c, parsed, &parsed->nodes[i],
                                  "is of a stop, and the article is about programs: exception, "
                                  "exception.p1?");
        return true;
    }
    return false;
}

// "arch == arm64", in an article that applies to other architectures only.
static bool asks_for_other_arch(const struct bt_kb_parsed *parsed,
                                const struct bt_kb_parsed_node *node, uint32_t archs)
{
    size_t index = 0;
    if (node->op != BT_KB_OP_EQ || parsed->nodes[node->a].op != BT_KB_OP_ARCH ||
        parsed->nodes[node->b].op != BT_KB_OP_WORD)
        return false;
    return bt_kb_word_find(&bt_kb_architectures, parsed->nodes[node->b].text, &index) &&
           (archs >> index & 1) == 0;
}

enum { SCOPE_DEMANDS = 7 };

// The demands that the rest of the article makes.
static void begin_demands(const struct bt_kb_scope *scope, struct demand *demands)
{
    demands[0] = (struct demand){
        .op = BT_KB_OP_OS_BUILD, .low = scope->build_from, .high = scope->build_to};
    demands[1] = (struct demand){
        .op = BT_KB_OP_EXCEPTION, .low = scope->exception_from, .high = scope->exception_to};
    demands[2] =
        (struct demand){.op = BT_KB_OP_STOP, .low = scope->stop_from, .high = scope->stop_to};
    for (unsigned i = 0; i < 4; i++)
        demands[3 + i] = (struct demand){.op = BT_KB_OP_PARAMETER,
                                         .which = i + 1,
                                         .low = scope->parameters[i].low,
                                         .high = scope->parameters[i].high};
}

void bt_kb_check_possible(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                          const struct bt_kb_scope *scope)
{
    struct demand demands[BT_LIMIT_EXPRESSION_NODES + SCOPE_DEMANDS];
    size_t demand_count = SCOPE_DEMANDS;
    begin_demands(scope, demands);
    uint32_t roots[BT_LIMIT_EXPRESSION_NODES];
    size_t count = bt_kb_split(parsed, BT_KB_OP_AND, parsed->count - 1, roots);
    if (scope->no_stop && asks_for_stop(c, parsed))
        return;
    for (size_t i = 0; i < count; i++) {
        const struct bt_kb_parsed_node *node = &parsed->nodes[roots[i]];
        if (asks_for_other_arch(parsed, node, scope->archs)) {
            bt_kb_complain_impossible(c, parsed, node,
                                      "is none of the architectures of \"applies\"");
            return;
        }
        if (!is_demand(parsed, node))
            continue;
        struct demand *demand = demand_on(demands, &demand_count, &parsed->nodes[node->a]);
        if (!narrow(demand, node->op, parsed->nodes[node->b].value)) {
            bt_kb_complain_impossible(c, parsed, node, "contradicts what is demanded before");
            return;
        }
    }
}
