// SPDX-License-Identifier: MIT
//
// What is done with a parsed condition: written, taken apart, checked for sense.
#include <string.h>

#include "base/attributes.h"
#include "kb/parse_expr.h"

uint32_t bt_kb_write_expr(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                          uint32_t root)
{
    const struct bt_kb_parsed_node *last = &parsed->nodes[root];
    const char *source = NULL;
    uint32_t first_row = c->writer.rows[BT_KB_NODES];
    for (uint32_t i = last->first; i <= root; i++) {
        const struct bt_kb_parsed_node *node = &parsed->nodes[i];
        uint32_t row[NODE_WORDS] = {
            [NODE_OP] = (uint32_t)node->op,
            // Operands that a node does not have stay 0.
            [NODE_A] = node->a >= last->first ? node->a - last->first : 0,
            [NODE_B] = node->b >= last->first ? node->b - last->first : 0,
            [NODE_LIST] = node->list[0],
            [NODE_LIST + 1] = node->list[1],
            [NODE_TEXT] = bt_kb_writer_text(&c->writer, node->text),
        };
        bt_kb_put_wide(row, NODE_VALUE, node->value);
        bt_kb_writer_row(&c->writer, BT_KB_NODES, row);
    }
    if (bt_arena_text(c->file_arena, &parsed->source[last->start], last->end - last->start,
                      &source, NULL) != BT_OK) {
        c->out_of_memory = true;
        return 0;
    }
    uint32_t row[EXPR_WORDS] = {
        [EXPR_SOURCE] = bt_kb_writer_text(&c->writer, source),
        [EXPR_LINE] = parsed->place.line,
    };
    bt_kb_put_list(&c->writer, row, EXPR_NODES, BT_KB_NODES, first_row);
    return bt_kb_writer_row(&c->writer, BT_KB_EXPRS, row) + 1;
}

uint32_t bt_kb_read_expr(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                         enum bt_kb_expr_use use)
{
    struct bt_kb_parsed parsed;
    if (node == NULL || !bt_kb_parse_node(c, node, use, &parsed))
        return 0;
    bt_kb_check_possible(c, &parsed, &bt_kb_scope_any);
    return bt_kb_write_expr(c, &parsed, parsed.count - 1);
}

size_t bt_kb_split(const struct bt_kb_parsed *parsed, enum bt_kb_op op, uint32_t root,
                   uint32_t parts[BT_LIMIT_EXPRESSION_NODES])
{
    uint32_t todo[BT_LIMIT_EXPRESSION_NODES]; // the next one last
    size_t count = 0, left = 0;
    todo[left++] = root;
    while (left > 0) {
        uint32_t index = todo[--left];
        const struct bt_kb_parsed_node *node = &parsed->nodes[index];
        if (node->op == op) {
            todo[left++] = node->b;
            todo[left++] = node->a;
        } else {
            parts[count++] = index;
        }
    }
    return count;
}

// --- Conditions that can never hold

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

static void complain_about(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                           const struct bt_kb_parsed_node *node, const char *why)
{
    struct bt_kb_place place = parsed->place;
    if (parsed->exact_columns)
        place.column += node->start;
    bt_kb_complain(c->diagnostics, place, "this can never hold: \"%.*s\" %s",
                   (int)(node->end - node->start), &parsed->source[node->start], why);
}

const struct bt_kb_scope bt_kb_scope_any = {.build_to = UINT32_MAX, .exception_to = UINT32_MAX};

// A program that crashes has no stop code, and no parameters of one.
static bool asks_for_stop(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed)
{
    for (uint32_t i = 0; i < parsed->count; i++) {
        enum bt_kb_op op = parsed->nodes[i].op;
        if (op != BT_KB_OP_STOP && op != BT_KB_OP_STOP_RAW && op != BT_KB_OP_PARAMETER)
            continue;
        complain_about(c, parsed, &parsed->nodes[i],
                       "is of a stop, and the article is about programs: exception, "
                       "exception.p1?");
        return true;
    }
    return false;
}

void bt_kb_check_possible(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                          const struct bt_kb_scope *scope)
{
    struct demand demands[BT_LIMIT_EXPRESSION_NODES + 2] = {
        {.op = BT_KB_OP_OS_BUILD, .low = scope->build_from, .high = scope->build_to},
        {.op = BT_KB_OP_EXCEPTION, .low = scope->exception_from, .high = scope->exception_to}};
    size_t demand_count = 2;
    uint32_t roots[BT_LIMIT_EXPRESSION_NODES];
    size_t count = bt_kb_split(parsed, BT_KB_OP_AND, parsed->count - 1, roots);
    if (scope->no_stop && asks_for_stop(c, parsed))
        return;
    for (size_t i = 0; i < count; i++) {
        const struct bt_kb_parsed_node *node = &parsed->nodes[roots[i]];
        if (!is_demand(parsed, node))
            continue;
        struct demand *demand = demand_on(demands, &demand_count, &parsed->nodes[node->a]);
        if (!narrow(demand, node->op, parsed->nodes[node->b].value)) {
            complain_about(c, parsed, node, "contradicts what is demanded before");
            return;
        }
    }
}

bool bt_kb_has_evidence(const struct bt_kb_parsed *parsed, uint32_t root)
{
    for (uint32_t i = parsed->nodes[root].first; i <= root; i++) {
        enum bt_kb_op op = parsed->nodes[i].op;
        enum bt_kb_op_form form = bt_kb_ops[op].form;
        bool weak = op <= BT_KB_OP_STOP_RAW || (op >= BT_KB_OP_OS_BUILD && op <= BT_KB_OP_CPUS);
        bool bare = form == BT_KB_FORM_OPERATOR || form == BT_KB_FORM_LITERAL;
        if (!weak && !bare)
            return true;
    }
    return false;
}
