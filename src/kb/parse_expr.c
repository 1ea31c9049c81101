// SPDX-License-Identifier: MIT
#include "kb/expr_parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/attributes.h"
#include "base/clock.h"
#include "base/text.h"

static const char *const type_names[] = {
    "nothing", "a condition", "a number", "a version", "a date", "a word",
};

const char *bt_kb_type_name(enum bt_kb_type type)
{
    return type_names[type];
}

static void complain_at(struct bt_kb_parser *p, uint32_t offset, const char *message)
{
    struct bt_kb_place place = p->out->place;
    if (p->out->exact_columns)
        place.column += offset;
    p->failed = true;
    bt_kb_complain(p->c->diagnostics, place, "%s", message);
}

void bt_kb_parser_fail(struct bt_kb_parser *p, uint32_t offset, const char *format, ...)
{
    char message[320];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    complain_at(p, offset, message);
}

void bt_kb_parser_advance(struct bt_kb_parser *p)
{
    bt_kb_next_token(p->out->source, p->token.end, &p->token);
    if (p->token.kind == BT_KB_TOKEN_BAD && p->token.text[0] != '\0')
        bt_kb_parser_fail(p, p->token.start, "\"%s\": %s", p->token.text, p->token.problem);
    else if (p->token.kind == BT_KB_TOKEN_BAD)
        bt_kb_parser_fail(p, p->token.start, "%s", p->token.problem);
}

bool bt_kb_parser_is_sign(const struct bt_kb_parser *p, const char *sign)
{
    return p->token.kind == BT_KB_TOKEN_SIGN && strcmp(p->token.text, sign) == 0;
}

bool bt_kb_parser_is_keyword(const struct bt_kb_parser *p, const char *word)
{
    return p->token.kind == BT_KB_TOKEN_WORD && strcmp(p->token.text, word) == 0;
}

bool bt_kb_parser_expect(struct bt_kb_parser *p, const char *sign)
{
    if (!bt_kb_parser_is_sign(p, sign)) {
        bt_kb_parser_fail(p, p->token.start, "\"%s\" is expected here", sign);
        return false;
    }
    bt_kb_parser_advance(p);
    return !p->failed;
}

// --- Nodes

static struct bt_kb_parsed_node *node_at(struct bt_kb_parser *p, uint32_t index)
{
    return &p->out->nodes[index];
}

struct bt_kb_parsed_node *bt_kb_parser_top(struct bt_kb_parser *p)
{
    return node_at(p, p->values[p->value_count - 1]);
}

// Appends a node over `operands` values of the stack, which it replaces.
struct bt_kb_parsed_node *bt_kb_parser_emit(struct bt_kb_parser *p, enum bt_kb_op op,
                                            unsigned operands, uint32_t start, uint32_t end)
{
    struct bt_kb_parsed *out = p->out;
    if (out->count == BT_LIMIT_EXPRESSION_NODES ||
        (operands == 0 && p->value_count == BT_COUNT(p->values))) {
        bt_kb_parser_fail(p, start, "the condition is too large");
        return NULL;
    }
    struct bt_kb_parsed_node *node = &out->nodes[out->count];
    *node = (struct bt_kb_parsed_node){.op = op,
                                       .type = bt_kb_ops[op].result,
                                       .first = out->count,
                                       .start = start,
                                       .end = end};
    if (operands == 2)
        node->b = p->values[--p->value_count];
    if (operands >= 1) {
        node->a = p->values[--p->value_count];
        node->first = out->nodes[node->a].first;
    }
    p->values[p->value_count++] = out->count++;
    return node;
}

static bool is_literal(const struct bt_kb_parsed_node *node)
{
    return bt_kb_ops[node->op].form == BT_KB_FORM_LITERAL;
}

bool bt_kb_parser_check_word(struct bt_kb_parser *p, const struct bt_kb_words *words,
                             const char *text, uint32_t offset)
{
    size_t index = 0;
    if (words == NULL || bt_kb_word_find(words, text, &index))
        return true;
    const char *suggestion = bt_kb_word_suggest(words, text);
    bt_kb_parser_fail(p, offset, "\"%s\" is no word of this fact%s%s%s", text,
                      suggestion ? "; did you mean \"" : "", suggestion ? suggestion : "",
                      suggestion ? "\"?" : "");
    return false;
}

static const char *hint_of_comparison(const struct bt_kb_parsed_node *a,
                                      const struct bt_kb_parsed_node *b)
{
    if (a->type == BT_KB_TYPE_VERSION && b->op == BT_KB_OP_NUMBER)
        return ": a version has a point, 4.0";
    if (a->type == BT_KB_TYPE_VERSION && b->op == BT_KB_OP_WORD)
        return ": a version stands without quotes, 4.2.0.1";
    if (a->type == BT_KB_TYPE_NUMBER && b->op == BT_KB_OP_WORD)
        return ": a number stands without quotes";
    return "";
}

// Both sides of a comparison, which are the last two values.
static bool check_comparison(struct bt_kb_parser *p, enum bt_kb_op op, uint32_t offset)
{
    struct bt_kb_parsed_node *a = node_at(p, p->values[p->value_count - 2]);
    struct bt_kb_parsed_node *b = bt_kb_parser_top(p);
    if (a->type != b->type) {
        bt_kb_parser_fail(p, b->start, "%s is compared with %s%s", bt_kb_type_name(a->type),
                          bt_kb_type_name(b->type), hint_of_comparison(a, b));
        return false;
    }
    if (is_literal(a) && is_literal(b)) {
        bt_kb_parser_fail(p, a->start, "no fact is compared here");
        return false;
    }
    bool equality = op == BT_KB_OP_EQ || op == BT_KB_OP_NE;
    if (!equality && (a->type == BT_KB_TYPE_WORD || a->type == BT_KB_TYPE_TRUTH)) {
        bt_kb_parser_fail(p, offset,
                          "%s can only be compared with == and !=", bt_kb_type_name(a->type));
        return false;
    }
    // "built <= 2000-05-26" holds for all of that day, and "> 2000-05-26" begins after it.
    if (b->op == BT_KB_OP_TIME && b->date_only && (op == BT_KB_OP_LE || op == BT_KB_OP_GT))
        b->value += 24 * 3600 * BT_TICKS_PER_SECOND - 1;
    if (b->op == BT_KB_OP_WORD)
        return bt_kb_parser_check_word(p, bt_kb_ops[a->op].words, b->text, b->start);
    return true;
}

static bool check_operands(struct bt_kb_parser *p, enum bt_kb_op op, unsigned operands,
                           uint32_t offset)
{
    const enum bt_kb_type types[2] = {bt_kb_ops[op].a, bt_kb_ops[op].b};
    if (bt_kb_op_is_comparison(op))
        return check_comparison(p, op, offset);
    for (unsigned i = 0; i < operands; i++) {
        struct bt_kb_parsed_node *node = node_at(p, p->values[p->value_count - operands + i]);
        if (node->type != types[i]) {
            bt_kb_parser_fail(p, node->start, "%s needs %s here, not %s", bt_kb_ops[op].name,
                              bt_kb_type_name(types[i]), bt_kb_type_name(node->type));
            return false;
        }
    }
    return true;
}

// Takes the innermost pending operator and its operands.
static void reduce_one(struct bt_kb_parser *p)
{
    struct bt_kb_pending *top = &p->pending[--p->pending_count];
    unsigned operands = top->op == BT_KB_OP_NOT ? 1 : 2;
    if (!check_operands(p, top->op, operands, top->start))
        return;
    uint32_t start =
        operands == 1 ? top->start : node_at(p, p->values[p->value_count - 2])->start;
    bt_kb_parser_emit(p, top->op, operands, start, bt_kb_parser_top(p)->end);
}

static unsigned precedence_of(enum bt_kb_op op)
{
    switch (op) {
    case BT_KB_OP_OR:
        return 1;
    case BT_KB_OP_AND:
        return 2;
    case BT_KB_OP_NOT:
        return 3;
    case BT_KB_OP_BITS:
        return 5;
    default:
        return 4;
    }
}

static void reduce(struct bt_kb_parser *p, unsigned precedence)
{
    while (!p->failed && p->pending_count != 0) {
        const struct bt_kb_pending *top = &p->pending[p->pending_count - 1];
        if (top->kind != PENDING_OPERATOR || precedence_of(top->op) < precedence)
            return;
        reduce_one(p);
    }
}

void bt_kb_parser_push(struct bt_kb_parser *p, enum bt_kb_pending_kind kind, enum bt_kb_op op)
{
    if (p->pending_count == BT_COUNT(p->pending)) {
        bt_kb_parser_fail(p, p->token.start, "the condition is nested too deeply");
        return;
    }
    p->pending[p->pending_count++] =
        (struct bt_kb_pending){.kind = kind, .op = op, .start = p->token.start, .arguments = 1};
}

bool bt_kb_parser_find_op(const char *name, enum bt_kb_op_form form, enum bt_kb_op *ret)
{
    for (size_t i = 0; i < BT_KB_OPS; i++) {
        if (bt_kb_ops[i].form == form && strcmp(bt_kb_ops[i].name, name) == 0) {
            *ret = (enum bt_kb_op)i;
            return true;
        }
    }
    return false;
}

// --- Operators

static void finish_call(struct bt_kb_parser *p, const uint32_t list[2], uint32_t end)
{
    struct bt_kb_pending call = p->pending[--p->pending_count];
    if (!check_operands(p, call.op, call.arguments, call.start))
        return;
    struct bt_kb_parsed_node *node =
        bt_kb_parser_emit(p, call.op, call.arguments, call.start, end);
    if (node != NULL && list != NULL)
        memcpy(node->list, list, 2 * sizeof *list);
}

static void close_group(struct bt_kb_parser *p)
{
    uint32_t end = p->token.end;
    reduce(p, 0);
    if (p->failed)
        return;
    if (p->pending_count == 0) {
        bt_kb_parser_fail(p, p->token.start, "there is no opening parenthesis for this one");
        return;
    }
    struct bt_kb_pending *top = &p->pending[p->pending_count - 1];
    if (top->kind == PENDING_GROUP) {
        bt_kb_parser_top(p)->start = top->start;
        bt_kb_parser_top(p)->end = end;
        p->pending_count--;
    } else {
        const struct bt_kb_op_info *info = &bt_kb_ops[top->op];
        if (info->list != BT_KB_LIST_NONE ||
            (info->b != BT_KB_TYPE_NONE && top->arguments < 2)) {
            bt_kb_parser_fail(p, p->token.start, "%s needs one more argument", info->name);
            return;
        }
        finish_call(p, NULL, end);
    }
    if (!p->failed)
        bt_kb_parser_advance(p);
}

static void next_argument(struct bt_kb_parser *p, bool *operand)
{
    reduce(p, 0);
    if (p->failed)
        return;
    struct bt_kb_pending *top =
        p->pending_count != 0 ? &p->pending[p->pending_count - 1] : NULL;
    if (top == NULL || top->kind != PENDING_CALL) {
        bt_kb_parser_fail(p, p->token.start, "a comma has no meaning here");
        return;
    }
    const struct bt_kb_op_info *info = &bt_kb_ops[top->op];
    bt_kb_parser_advance(p);
    if (p->failed)
        return;
    if (info->b != BT_KB_TYPE_NONE && top->arguments < 2) {
        top->arguments++;
        *operand = true;
    } else if (info->list != BT_KB_LIST_NONE) {
        uint32_t list[2];
        bt_kb_parser_take_list(p, info, list);
        if (!p->failed)
            finish_call(p, list, p->token.start);
    } else {
        bt_kb_parser_fail(p, p->token.start, "%s takes no further argument", info->name);
    }
}

static void take_in(struct bt_kb_parser *p, bool negated)
{
    reduce(p, precedence_of(BT_KB_OP_IN));
    bt_kb_parser_advance(p);
    if (p->failed)
        return;
    bt_kb_parser_take_set(p);
    if (negated && !p->failed)
        bt_kb_parser_emit(p, BT_KB_OP_NOT, 1, bt_kb_parser_top(p)->start,
                          bt_kb_parser_top(p)->end);
}

// What others write in the place of an operator.
static const char *likely_operator(const char *text)
{
    static const struct {
        const char *other, *ours;
    } operators[] = {{"AND", "\"and\""},     {"OR", "\"or\""}, {"NOT", "\"not\""},
                     {"IN", "\"in\""},       {"is", "=="},     {"equals", "=="},
                     {"contains", "\"in\""}, {"eq", "=="}};
    for (size_t i = 0; i < BT_COUNT(operators); i++) {
        if (bt_ieq(operators[i].other, text))
            return operators[i].ours;
    }
    return NULL;
}

static void take_operator(struct bt_kb_parser *p, bool *operand)
{
    enum bt_kb_op op = BT_KB_OP_NUMBER;
    if (bt_kb_parser_is_sign(p, ")")) {
        close_group(p);
    } else if (bt_kb_parser_is_sign(p, ",")) {
        next_argument(p, operand);
    } else if (bt_kb_parser_is_keyword(p, "in")) {
        take_in(p, false);
    } else if (bt_kb_parser_is_keyword(p, "not")) {
        bt_kb_parser_advance(p);
        if (bt_kb_parser_is_keyword(p, "in"))
            take_in(p, true);
        else
            bt_kb_parser_fail(p, p->token.start,
                              "\"and\", \"or\" or a comparison is expected before this");
    } else if (p->token.kind != BT_KB_TOKEN_STRING &&
               bt_kb_parser_find_op(p->token.text, BT_KB_FORM_OPERATOR, &op)) {
        reduce(p, precedence_of(op));
        if (p->failed)
            return;
        bt_kb_parser_push(p, PENDING_OPERATOR, op);
        bt_kb_parser_advance(p);
        *operand = true;
    } else if (p->token.kind != BT_KB_TOKEN_STRING && likely_operator(p->token.text) != NULL) {
        bt_kb_parser_fail(p, p->token.start, "\"%s\": write %s", p->token.text,
                          likely_operator(p->token.text));
    } else {
        bt_kb_parser_fail(p, p->token.start,
                          "\"and\", \"or\" or a comparison is expected before \"%s\"",
                          p->token.text);
    }
}

static void finish(struct bt_kb_parser *p)
{
    reduce(p, 0);
    if (p->failed)
        return;
    if (p->pending_count != 0)
        bt_kb_parser_fail(p, p->pending[p->pending_count - 1].start,
                          "a closing parenthesis is missing");
    else if (bt_kb_parser_top(p)->type != BT_KB_TYPE_TRUTH)
        bt_kb_parser_fail(p, 0, "a condition is expected here, this is %s",
                          bt_kb_type_name(bt_kb_parser_top(p)->type));
}

bool bt_kb_parse_expr(struct bt_kb_compiler *c, const char *source, struct bt_kb_place place,
                      bool exact_columns, enum bt_kb_expr_use use, struct bt_kb_parsed *ret)
{
    struct bt_kb_parser p = {.c = c, .out = ret, .use = use};
    bool operand = true;
    ret->source = source;
    ret->place = place;
    ret->exact_columns = exact_columns;
    ret->count = 0;
    bt_kb_parser_advance(&p);
    // Each round takes a token, so the length of the source bounds them.
    while (!p.failed && (operand || p.token.kind != BT_KB_TOKEN_END)) {
        if (operand)
            bt_kb_parser_take_operand(&p, &operand);
        else
            take_operator(&p, &operand);
    }
    if (!p.failed)
        finish(&p);
    return !p.failed && !c->out_of_memory;
}

bool bt_kb_parse_node(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                      enum bt_kb_expr_use use, struct bt_kb_parsed *ret)
{
    const char *text = bt_kb_read_text(c, node);
    if (text == NULL)
        return false;
    struct bt_kb_place place = bt_kb_place_of(c, node);
    place.column += node->quoted;
    return bt_kb_parse_expr(c, text, place, !node->block, use, ret);
}
