// SPDX-License-Identifier: MIT
//
// What is done with a parsed condition: it is written, or taken apart.
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
