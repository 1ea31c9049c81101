// SPDX-License-Identifier: MIT
//
// Checks that every expression of an image is well formed and well typed, so that evaluating
// one needs neither.
#include "base/limits.h"
#include "kb/expr.h"
#include "kb/image.h"

struct checker {
    const struct bt_kb_image *image;
    uint32_t first;                           // node of the expression
    uint8_t types[BT_LIMIT_EXPRESSION_NODES]; // enum bt_kb_type of each node before
};

static bool is_list_in(const struct bt_kb_image *image, uint32_t section, uint32_t first,
                       uint32_t count)
{
    uint32_t rows = image->rows[section];
    return count <= BT_LIMIT_KB_LIST && first <= rows && count <= rows - first;
}

// The list of a node, against what its operation demands.
static bool is_list_right(const struct bt_kb_image *image, uint32_t row,
                          enum bt_kb_list_kind kind, enum bt_kb_type left)
{
    uint32_t first = bt_kb_word(image, BT_KB_NODES, row, NODE_LIST);
    uint32_t count = bt_kb_word(image, BT_KB_NODES, row, NODE_LIST + 1);
    bool has_text = bt_kb_word(image, BT_KB_NODES, row, NODE_TEXT) != 0;
    switch (kind) {
    case BT_KB_LIST_NONE:
        return count == 0;
    case BT_KB_LIST_FILE:
        return count == 1 && is_list_in(image, BT_KB_TEXT_LIST, first, count);
    case BT_KB_LIST_FILES:
    case BT_KB_LIST_SYMBOL:
        return count >= 1 && is_list_in(image, BT_KB_TEXT_LIST, first, count);
    case BT_KB_LIST_WORDS:
        return is_list_in(image, BT_KB_TEXT_LIST, first, count);
    case BT_KB_LIST_SET:
        // A set of words is marked by the text of its node.
        if (left == BT_KB_TYPE_WORD)
            return has_text && is_list_in(image, BT_KB_TEXT_LIST, first, count);
        return !has_text && is_list_in(image, BT_KB_RANGES, first, count);
    }
    return false;
}

// The types of the operands; `position` is that of the node inside its expression.
static bool are_operands_right(const struct checker *c, uint32_t row, uint32_t position,
                               enum bt_kb_op op, enum bt_kb_type *ret_left)
{
    const struct bt_kb_op_info *info = &bt_kb_ops[op];
    uint32_t a = bt_kb_word(c->image, BT_KB_NODES, row, NODE_A);
    uint32_t b = bt_kb_word(c->image, BT_KB_NODES, row, NODE_B);
    bool comparison = bt_kb_op_is_comparison(op);
    bool has_a = info->a != BT_KB_TYPE_NONE || comparison || op == BT_KB_OP_IN;
    bool has_b = info->b != BT_KB_TYPE_NONE || comparison;
    if ((has_a && a >= position) || (has_b && b >= position))
        return false;
    if (has_a)
        *ret_left = (enum bt_kb_type)c->types[a];
    if (comparison) {
        enum bt_kb_type type = (enum bt_kb_type)c->types[a];
        bool ordered =
            type == BT_KB_TYPE_NUMBER || type == BT_KB_TYPE_VERSION || type == BT_KB_TYPE_TIME;
        return c->types[b] == type && (ordered || op == BT_KB_OP_EQ || op == BT_KB_OP_NE);
    }
    if (op == BT_KB_OP_IN)
        return *ret_left != BT_KB_TYPE_TRUTH;
    return (!has_a || c->types[a] == info->a) && (!has_b || c->types[b] == info->b);
}

static bool is_literal_right(const struct bt_kb_image *image, uint32_t row, enum bt_kb_op op)
{
    bool has_text = bt_kb_word(image, BT_KB_NODES, row, NODE_TEXT) != 0;
    uint64_t value = bt_kb_wide(image, BT_KB_NODES, row, NODE_VALUE);
    if (op == BT_KB_OP_PARAMETER || op == BT_KB_OP_EXCEPTION_PARAMETER)
        return value >= 1 && value <= 4;
    if (op == BT_KB_OP_WORD)
        return has_text;
    return op == BT_KB_OP_IN || !has_text;
}

static enum bt_status check_node(struct checker *c, uint32_t position, struct bt_error *err)
{
    uint32_t row = c->first + position;
    uint32_t op = bt_kb_word(c->image, BT_KB_NODES, row, NODE_OP);
    enum bt_kb_type left = BT_KB_TYPE_NONE;
    if (op >= BT_KB_OPS)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "node %u has no known operation", row);
    if (!are_operands_right(c, row, position, (enum bt_kb_op)op, &left) ||
        !is_list_right(c->image, row, bt_kb_ops[op].list, left) ||
        !is_literal_right(c->image, row, (enum bt_kb_op)op))
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "node %u is malformed", row);
    c->types[position] = (uint8_t)bt_kb_ops[op].result;
    return BT_OK;
}

enum bt_status bt_kb_validate_expressions(const struct bt_kb_image *image, struct bt_error *err)
{
    struct checker c = {.image = image};
    uint32_t rows = bt_kb_rows(image, BT_KB_EXPRS);
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t first = bt_kb_word(image, BT_KB_EXPRS, i, EXPR_NODES);
        uint32_t count = bt_kb_word(image, BT_KB_EXPRS, i, EXPR_NODES + 1);
        // One after the other: no node is in two expressions, so the work is bounded.
        if (first != c.first || count == 0 || count > BT_LIMIT_EXPRESSION_NODES)
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "expression %u is malformed", i);
        for (uint32_t position = 0; position < count; position++)
            BT_TRY(check_node(&c, position, err));
        if (c.types[count - 1] != BT_KB_TYPE_TRUTH)
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "expression %u is no condition", i);
        c.first = first + count;
    }
    if (c.first != bt_kb_rows(image, BT_KB_NODES))
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "nodes outside of any expression");
    return BT_OK;
}
