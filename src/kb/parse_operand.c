// SPDX-License-Identifier: MIT
//
// What operators stand between: facts, calls of functions, literals, names of values.
#include <string.h>

#include "base/text.h"
#include "kb/expr_parser.h"

static void complain_unknown_name(struct bt_kb_parser *p)
{
    const char *names[BT_KB_OPS + 8];
    size_t count = 0;
    for (size_t i = 0; i < BT_KB_OPS; i++) {
        if (bt_kb_ops[i].form == BT_KB_FORM_FACT || bt_kb_ops[i].form == BT_KB_FORM_FUNCTION)
            names[count++] = bt_kb_ops[i].name;
    }
    struct bt_kb_words words = {names, count};
    bool call = p->out->source[p->token.end] == '(';
    const char *suggestion = bt_kb_word_suggest(&words, p->token.text);
    bt_kb_parser_fail(p, p->token.start, "unknown %s \"%s\"%s%s%s", call ? "function" : "fact",
                      p->token.text, suggestion ? "; did you mean \"" : "",
                      suggestion ? suggestion : "", suggestion ? "\"?" : "");
}

static const char *keep_text(struct bt_kb_parser *p, const char *text)
{
    const char *copy = NULL;
    if (bt_arena_text(p->c->file_arena, text, strlen(text), &copy, NULL) != BT_OK)
        p->c->out_of_memory = true;
    return copy;
}

static void take_literal(struct bt_kb_parser *p, enum bt_kb_op op, uint64_t value)
{
    struct bt_kb_parsed_node *node = bt_kb_parser_emit(p, op, 0, p->token.start, p->token.end);
    if (node == NULL)
        return;
    node->value = value;
    node->date_only = p->token.date_only;
    if (op == BT_KB_OP_WORD)
        node->text = keep_text(p, p->token.text);
    bt_kb_parser_advance(p);
}

static void begin_call(struct bt_kb_parser *p, enum bt_kb_op op, bool *operand)
{
    uint32_t start = p->token.start;
    bt_kb_parser_push(p, PENDING_CALL, op);
    bt_kb_parser_advance(p);
    if (p->failed || !bt_kb_parser_expect(p, "("))
        return;
    if (bt_kb_ops[op].a != BT_KB_TYPE_NONE)
        return; // an operand comes first
    uint32_t list[2];
    bt_kb_parser_take_list(p, &bt_kb_ops[op], list);
    p->pending_count--;
    if (p->failed)
        return;
    struct bt_kb_parsed_node *node = bt_kb_parser_emit(p, op, 0, start, p->token.start);
    if (node != NULL)
        memcpy(node->list, list, sizeof list);
    *operand = false;
}

// Whether the value to come is compared with a word, so that it may stand without quotes.
static bool awaits_word(struct bt_kb_parser *p)
{
    if (p->pending_count == 0 || p->value_count == 0)
        return false;
    const struct bt_kb_pending *top = &p->pending[p->pending_count - 1];
    return top->kind == PENDING_OPERATOR && bt_kb_op_is_comparison(top->op) &&
           bt_kb_parser_top(p)->type == BT_KB_TYPE_WORD;
}

// "exception.p1" to "exception.p4"
static bool is_exception_parameter(const char *name)
{
    static const char prefix[] = "exception.p";
    const char *digit = &name[sizeof prefix - 1];
    return bt_starts_with(name, prefix) && digit[0] >= '1' && digit[0] <= '4' &&
           digit[1] == '\0';
}

static void take_name(struct bt_kb_parser *p, bool *operand)
{
    const char *name = p->token.text;
    enum bt_kb_op op = BT_KB_OP_NUMBER;
    uint32_t status = 0;
    if (p->out->source[p->token.end] == '(' &&
        bt_kb_parser_find_op(name, BT_KB_FORM_FUNCTION, &op)) {
        begin_call(p, op, operand);
        return;
    }
    *operand = false;
    if (awaits_word(p)) {
        take_literal(p, BT_KB_OP_WORD, 0);
    } else if (name[0] == 'p' && name[1] >= '1' && name[1] <= '4' && name[2] == '\0') {
        take_literal(p, BT_KB_OP_PARAMETER, (uint64_t)(name[1] - '0'));
    } else if (is_exception_parameter(name)) {
        take_literal(p, BT_KB_OP_EXCEPTION_PARAMETER, (uint64_t)(name[strlen(name) - 1] - '0'));
    } else if (bt_kb_parser_find_op(name, BT_KB_FORM_FACT, &op)) {
        if (op == BT_KB_OP_UNFIXED && p->use != BT_KB_USE_RULE)
            bt_kb_parser_fail(p, p->token.start,
                              "\"unfixed\" has a meaning only in rules of an article");
        else
            take_literal(p, op, 0);
    } else if (bt_kb_status_value(p->c, name, &status)) {
        take_literal(p, BT_KB_OP_NUMBER, status);
    } else {
        complain_unknown_name(p);
    }
}

void bt_kb_parser_take_operand(struct bt_kb_parser *p, bool *operand)
{
    if (bt_kb_parser_is_keyword(p, "not")) {
        bt_kb_parser_push(p, PENDING_OPERATOR, BT_KB_OP_NOT);
        bt_kb_parser_advance(p);
    } else if (bt_kb_parser_is_sign(p, "(")) {
        bt_kb_parser_push(p, PENDING_GROUP, BT_KB_OP_NUMBER);
        bt_kb_parser_advance(p);
    } else if (p->token.kind == BT_KB_TOKEN_WORD) {
        take_name(p, operand);
    } else {
        enum bt_kb_op op = BT_KB_OP_NUMBER;
        if (p->token.kind == BT_KB_TOKEN_VERSION && p->token.last != p->token.value) {
            bt_kb_parser_fail(p, p->token.start,
                              "%s means many versions: write \"in %s\", or a whole version",
                              p->token.text, p->token.text);
            return;
        }
        if (p->token.kind == BT_KB_TOKEN_VERSION)
            op = BT_KB_OP_VERSION;
        else if (p->token.kind == BT_KB_TOKEN_TIME)
            op = BT_KB_OP_TIME;
        else if (p->token.kind == BT_KB_TOKEN_STRING)
            op = BT_KB_OP_WORD;
        else if (p->token.kind != BT_KB_TOKEN_NUMBER) {
            bt_kb_parser_fail(p, p->token.start, "a fact, function or value is expected here");
            return;
        }
        *operand = false;
        take_literal(p, op, p->token.value);
    }
}
