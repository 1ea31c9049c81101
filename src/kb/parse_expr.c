// SPDX-License-Identifier: MIT
#include "kb/parse_expr.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/attributes.h"
#include "base/clock.h"
#include "base/text.h"
#include "kb/lexer.h"

// What waits for its operands.
enum pending_kind { PENDING_OPERATOR, PENDING_GROUP, PENDING_CALL };

struct pending {
    enum pending_kind kind;
    enum bt_kb_op op;
    unsigned arguments; // of a call, so far
    uint32_t start;     // in the source
};

struct parser {
    struct bt_kb_compiler *c;
    struct bt_kb_parsed *out;
    enum bt_kb_expr_use use;
    struct bt_kb_token token; // not taken yet
    struct pending pending[BT_LIMIT_EXPRESSION_DEPTH];
    size_t pending_count;
    uint32_t values[BT_LIMIT_EXPRESSION_DEPTH + 1]; // nodes that no operator has taken yet
    size_t value_count;
    bool failed;
};

static const char *const type_names[] = {
    "nothing", "a condition", "a number", "a version", "a date", "a word",
};

static void complain_at(struct parser *p, uint32_t offset, const char *message)
{
    struct bt_kb_place place = p->out->place;
    if (p->out->exact_columns)
        place.column += offset;
    p->failed = true;
    bt_kb_complain(p->c->diagnostics, place, "%s", message);
}

static BT_PRINTF(3, 4) void fail(struct parser *p, uint32_t offset, const char *format, ...)
{
    char message[320];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    complain_at(p, offset, message);
}

static void advance(struct parser *p)
{
    bt_kb_next_token(p->out->source, p->token.end, &p->token);
    if (p->token.kind == BT_KB_TOKEN_BAD)
        fail(p, p->token.start, "\"%s\": %s", p->token.text, p->token.problem);
}

static bool is_sign(const struct parser *p, const char *sign)
{
    return p->token.kind == BT_KB_TOKEN_SIGN && strcmp(p->token.text, sign) == 0;
}

static bool is_keyword(const struct parser *p, const char *word)
{
    return p->token.kind == BT_KB_TOKEN_WORD && strcmp(p->token.text, word) == 0;
}

static bool expect_sign(struct parser *p, const char *sign)
{
    if (!is_sign(p, sign)) {
        fail(p, p->token.start, "\"%s\" is expected here", sign);
        return false;
    }
    advance(p);
    return !p->failed;
}

// --- Nodes
// ---------------------------------------------------------------------------------------

static struct bt_kb_parsed_node *node_at(struct parser *p, uint32_t index)
{
    return &p->out->nodes[index];
}

static struct bt_kb_parsed_node *top_value(struct parser *p)
{
    return node_at(p, p->values[p->value_count - 1]);
}

// Appends a node over `operands` values of the stack, which it replaces.
static struct bt_kb_parsed_node *emit(struct parser *p, enum bt_kb_op op, unsigned operands,
                                      uint32_t start, uint32_t end)
{
    struct bt_kb_parsed *out = p->out;
    if (out->count == BT_LIMIT_EXPRESSION_NODES ||
        (operands == 0 && p->value_count == BT_COUNT(p->values))) {
        fail(p, start, "the condition is too large");
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

static bool check_word(struct parser *p, const struct bt_kb_words *words, const char *text,
                       uint32_t offset)
{
    size_t index = 0;
    if (words == NULL || bt_kb_word_find(words, text, &index))
        return true;
    const char *suggestion = bt_kb_word_suggest(words, text);
    fail(p, offset, "\"%s\" is no word of this fact%s%s%s", text,
         suggestion ? "; did you mean \"" : "", suggestion ? suggestion : "",
         suggestion ? "\"?" : "");
    return false;
}

// Both sides of a comparison, which are the last two values.
static bool check_comparison(struct parser *p, enum bt_kb_op op, uint32_t offset)
{
    struct bt_kb_parsed_node *a = node_at(p, p->values[p->value_count - 2]);
    struct bt_kb_parsed_node *b = top_value(p);
    if (a->type != b->type) {
        fail(p, b->start, "%s is compared with %s", type_names[a->type], type_names[b->type]);
        return false;
    }
    if (is_literal(a) && is_literal(b)) {
        fail(p, a->start, "no fact is compared here");
        return false;
    }
    bool equality = op == BT_KB_OP_EQ || op == BT_KB_OP_NE;
    if (!equality && (a->type == BT_KB_TYPE_WORD || a->type == BT_KB_TYPE_TRUTH)) {
        fail(p, offset, "%s can only be compared with == and !=", type_names[a->type]);
        return false;
    }
    // "built <= 2000-05-26" holds for all of that day, and "> 2000-05-26" begins after it.
    if (b->op == BT_KB_OP_TIME && b->date_only && (op == BT_KB_OP_LE || op == BT_KB_OP_GT))
        b->value += 24 * 3600 * BT_TICKS_PER_SECOND - 1;
    if (b->op == BT_KB_OP_WORD)
        return check_word(p, bt_kb_ops[a->op].words, b->text, b->start);
    return true;
}

static bool check_operands(struct parser *p, enum bt_kb_op op, unsigned operands,
                           uint32_t offset)
{
    const enum bt_kb_type types[2] = {bt_kb_ops[op].a, bt_kb_ops[op].b};
    if (bt_kb_op_is_comparison(op))
        return check_comparison(p, op, offset);
    for (unsigned i = 0; i < operands; i++) {
        struct bt_kb_parsed_node *node = node_at(p, p->values[p->value_count - operands + i]);
        if (node->type != types[i]) {
            fail(p, node->start, "%s needs %s here, not %s", bt_kb_ops[op].name,
                 type_names[types[i]], type_names[node->type]);
            return false;
        }
    }
    return true;
}

// Takes the innermost pending operator and its operands.
static void reduce_one(struct parser *p)
{
    struct pending *top = &p->pending[--p->pending_count];
    unsigned operands = top->op == BT_KB_OP_NOT ? 1 : 2;
    if (!check_operands(p, top->op, operands, top->start))
        return;
    uint32_t start =
        operands == 1 ? top->start : node_at(p, p->values[p->value_count - 2])->start;
    emit(p, top->op, operands, start, top_value(p)->end);
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

static void reduce(struct parser *p, unsigned precedence)
{
    while (!p->failed && p->pending_count != 0) {
        const struct pending *top = &p->pending[p->pending_count - 1];
        if (top->kind != PENDING_OPERATOR || precedence_of(top->op) < precedence)
            return;
        reduce_one(p);
    }
}

static void push(struct parser *p, enum pending_kind kind, enum bt_kb_op op)
{
    if (p->pending_count == BT_COUNT(p->pending)) {
        fail(p, p->token.start, "the condition is nested too deeply");
        return;
    }
    p->pending[p->pending_count++] =
        (struct pending){.kind = kind, .op = op, .start = p->token.start, .arguments = 1};
}

// --- Lists
// ---------------------------------------------------------------------------------------

static void add_text_row(struct parser *p, const char *text)
{
    uint32_t row[TEXT_LIST_WORDS] = {bt_kb_writer_text(&p->c->writer, text)};
    bt_kb_writer_row(&p->c->writer, BT_KB_TEXT_LIST, row);
}

static void take_list_item(struct parser *p, const struct bt_kb_op_info *info)
{
    const struct bt_kb_token *token = &p->token;
    if (token->kind != BT_KB_TOKEN_WORD && token->kind != BT_KB_TOKEN_STRING) {
        fail(p, token->start, "%s needs a name here", info->name);
        return;
    }
    const char *text = token->text;
    if (info->list == BT_KB_LIST_WORDS) {
        if (!check_word(p, info->words, text, token->start))
            return;
    } else if (info->list == BT_KB_LIST_SYMBOL) {
        if (strchr(text, '!') == NULL) {
            fail(p, token->start, "a function is written \"module.sys!Function\"");
            return;
        }
    } else {
        struct bt_kb_place place = p->out->place;
        if (p->out->exact_columns)
            place.column += token->start;
        text = bt_kb_clean_file(p->c, place, text);
        if (text == NULL) {
            p->failed = true;
            return;
        }
    }
    add_text_row(p, text);
    advance(p);
}

// The names of a function, up to its closing parenthesis, which is taken too.
static void take_list(struct parser *p, const struct bt_kb_op_info *info, uint32_t list[2])
{
    list[0] = p->c->writer.rows[BT_KB_TEXT_LIST];
    while (!p->failed && !is_sign(p, ")")) {
        take_list_item(p, info);
        if (!p->failed && !is_sign(p, ")"))
            expect_sign(p, ",");
    }
    list[1] = p->c->writer.rows[BT_KB_TEXT_LIST] - list[0];
    if (p->failed)
        return;
    if (list[1] == 0 && info->list != BT_KB_LIST_WORDS)
        fail(p, p->token.start, "%s needs a name", info->name);
    else if (list[1] > 1 && info->list == BT_KB_LIST_FILE)
        fail(p, p->token.start, "%s takes one file only", info->name);
    if (!p->failed)
        advance(p);
}

// --- Sets: the right side of `in`
// ----------------------------------------------------------------

// One literal of a set; `high` asks for the last moment of a day.
static bool take_set_value(struct parser *p, enum bt_kb_type type, bool high, uint64_t *ret)
{
    const struct bt_kb_token *token = &p->token;
    bool good = (token->kind == BT_KB_TOKEN_NUMBER && type == BT_KB_TYPE_NUMBER) ||
                (token->kind == BT_KB_TOKEN_VERSION && type == BT_KB_TYPE_VERSION) ||
                (token->kind == BT_KB_TOKEN_TIME && type == BT_KB_TYPE_TIME);
    uint32_t status = 0;
    *ret = token->value;
    if (!good && token->kind == BT_KB_TOKEN_WORD && type == BT_KB_TYPE_NUMBER &&
        bt_kb_status_value(p->c, token->text, &status)) {
        *ret = status;
        good = true;
    }
    if (!good) {
        fail(p, token->start, "%s is expected in this set", type_names[type]);
        return false;
    }
    if (high && type == BT_KB_TYPE_TIME && token->date_only)
        *ret += 24 * 3600 * BT_TICKS_PER_SECOND - 1;
    return true;
}

static void take_range(struct parser *p, enum bt_kb_type type)
{
    uint64_t low = 0, high = 0;
    uint32_t start = p->token.start;
    if (!take_set_value(p, type, false, &low) || !take_set_value(p, type, true, &high))
        return;
    advance(p);
    if (is_sign(p, "..")) {
        advance(p);
        if (p->failed || !take_set_value(p, type, true, &high))
            return;
        advance(p);
    }
    if (high < low) {
        fail(p, start, "the range is empty");
        return;
    }
    uint32_t row[RANGE_WORDS];
    bt_kb_put_wide(row, RANGE_LOW, low);
    bt_kb_put_wide(row, RANGE_HIGH, high);
    bt_kb_writer_row(&p->c->writer, BT_KB_RANGES, row);
}

static void take_set_word(struct parser *p, const struct bt_kb_words *words)
{
    if (p->token.kind != BT_KB_TOKEN_WORD && p->token.kind != BT_KB_TOKEN_STRING) {
        fail(p, p->token.start, "a word is expected in this set");
        return;
    }
    if (!check_word(p, words, p->token.text, p->token.start))
        return;
    add_text_row(p, p->token.text);
    advance(p);
}

// `left in (a, b..c)` or `left in a..b`; the left side is the last value.
static void take_set(struct parser *p)
{
    struct bt_kb_parsed_node *left = top_value(p);
    enum bt_kb_type type = left->type;
    const struct bt_kb_words *words = bt_kb_ops[left->op].words;
    bool of_words = type == BT_KB_TYPE_WORD, group = is_sign(p, "(");
    enum bt_kb_section section = of_words ? BT_KB_TEXT_LIST : BT_KB_RANGES;
    uint32_t list[2] = {p->c->writer.rows[section], 0}, start = left->start;
    if (type == BT_KB_TYPE_TRUTH || is_literal(left)) {
        fail(p, left->start, "\"in\" needs a fact on its left side");
        return;
    }
    if (group)
        advance(p);
    while (!p->failed) {
        if (of_words)
            take_set_word(p, words);
        else
            take_range(p, type);
        if (p->failed || !group || is_sign(p, ")"))
            break;
        expect_sign(p, ",");
    }
    uint32_t end = p->token.end;
    if (p->failed || (group && !expect_sign(p, ")")))
        return;
    list[1] = p->c->writer.rows[section] - list[0];
    struct bt_kb_parsed_node *node =
        emit(p, BT_KB_OP_IN, 1, start, group ? end : p->token.start);
    if (node == NULL)
        return;
    memcpy(node->list, list, sizeof list);
    if (of_words)
        node->text = "words";
}

// --- Operands
// ------------------------------------------------------------------------------------

static void complain_unknown_name(struct parser *p)
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
    fail(p, p->token.start, "unknown %s \"%s\"%s%s%s", call ? "function" : "fact",
         p->token.text, suggestion ? "; did you mean \"" : "", suggestion ? suggestion : "",
         suggestion ? "\"?" : "");
}

static bool find_op(const char *name, enum bt_kb_op_form form, enum bt_kb_op *ret)
{
    for (size_t i = 0; i < BT_KB_OPS; i++) {
        if (bt_kb_ops[i].form == form && strcmp(bt_kb_ops[i].name, name) == 0) {
            *ret = (enum bt_kb_op)i;
            return true;
        }
    }
    return false;
}

static const char *keep_text(struct parser *p, const char *text)
{
    const char *copy = NULL;
    if (bt_arena_text(p->c->file_arena, text, strlen(text), &copy, NULL) != BT_OK)
        p->c->out_of_memory = true;
    return copy;
}

static void take_literal(struct parser *p, enum bt_kb_op op, uint64_t value)
{
    struct bt_kb_parsed_node *node = emit(p, op, 0, p->token.start, p->token.end);
    if (node == NULL)
        return;
    node->value = value;
    node->date_only = p->token.date_only;
    if (op == BT_KB_OP_WORD)
        node->text = keep_text(p, p->token.text);
    advance(p);
}

static void begin_call(struct parser *p, enum bt_kb_op op, bool *operand)
{
    uint32_t start = p->token.start;
    push(p, PENDING_CALL, op);
    advance(p);
    if (p->failed || !expect_sign(p, "("))
        return;
    if (bt_kb_ops[op].a != BT_KB_TYPE_NONE)
        return; // an operand comes first
    uint32_t list[2];
    take_list(p, &bt_kb_ops[op], list);
    p->pending_count--;
    if (p->failed)
        return;
    struct bt_kb_parsed_node *node = emit(p, op, 0, start, p->token.start);
    if (node != NULL)
        memcpy(node->list, list, sizeof list);
    *operand = false;
}

// Whether the value to come is compared with a word, so that it may stand without quotes.
static bool awaits_word(struct parser *p)
{
    if (p->pending_count == 0 || p->value_count == 0)
        return false;
    const struct pending *top = &p->pending[p->pending_count - 1];
    return top->kind == PENDING_OPERATOR && bt_kb_op_is_comparison(top->op) &&
           top_value(p)->type == BT_KB_TYPE_WORD;
}

static void take_name(struct parser *p, bool *operand)
{
    const char *name = p->token.text;
    enum bt_kb_op op = BT_KB_OP_NUMBER;
    uint32_t status = 0;
    if (p->out->source[p->token.end] == '(' && find_op(name, BT_KB_FORM_FUNCTION, &op)) {
        begin_call(p, op, operand);
        return;
    }
    *operand = false;
    if (awaits_word(p)) {
        take_literal(p, BT_KB_OP_WORD, 0);
    } else if (name[0] == 'p' && name[1] >= '1' && name[1] <= '4' && name[2] == '\0') {
        take_literal(p, BT_KB_OP_PARAMETER, (uint64_t)(name[1] - '0'));
    } else if (find_op(name, BT_KB_FORM_FACT, &op)) {
        if (op == BT_KB_OP_UNFIXED && p->use != BT_KB_USE_RULE)
            fail(p, p->token.start, "\"unfixed\" has a meaning only in rules of an article");
        else
            take_literal(p, op, 0);
    } else if (bt_kb_status_value(p->c, name, &status)) {
        take_literal(p, BT_KB_OP_NUMBER, status);
    } else {
        complain_unknown_name(p);
    }
}

static void take_operand(struct parser *p, bool *operand)
{
    if (is_keyword(p, "not")) {
        push(p, PENDING_OPERATOR, BT_KB_OP_NOT);
        advance(p);
    } else if (is_sign(p, "(")) {
        push(p, PENDING_GROUP, BT_KB_OP_NUMBER);
        advance(p);
    } else if (p->token.kind == BT_KB_TOKEN_WORD) {
        take_name(p, operand);
    } else {
        enum bt_kb_op op = BT_KB_OP_NUMBER;
        if (p->token.kind == BT_KB_TOKEN_VERSION)
            op = BT_KB_OP_VERSION;
        else if (p->token.kind == BT_KB_TOKEN_TIME)
            op = BT_KB_OP_TIME;
        else if (p->token.kind == BT_KB_TOKEN_STRING)
            op = BT_KB_OP_WORD;
        else if (p->token.kind != BT_KB_TOKEN_NUMBER) {
            fail(p, p->token.start, "a fact, function or value is expected here");
            return;
        }
        *operand = false;
        take_literal(p, op, p->token.value);
    }
}

// --- Operators
// -----------------------------------------------------------------------------------

static void finish_call(struct parser *p, const uint32_t list[2], uint32_t end)
{
    struct pending call = p->pending[--p->pending_count];
    if (!check_operands(p, call.op, call.arguments, call.start))
        return;
    struct bt_kb_parsed_node *node = emit(p, call.op, call.arguments, call.start, end);
    if (node != NULL && list != NULL)
        memcpy(node->list, list, 2 * sizeof *list);
}

static void close_group(struct parser *p)
{
    uint32_t end = p->token.end;
    reduce(p, 0);
    if (p->failed)
        return;
    if (p->pending_count == 0) {
        fail(p, p->token.start, "there is no opening parenthesis for this one");
        return;
    }
    struct pending *top = &p->pending[p->pending_count - 1];
    if (top->kind == PENDING_GROUP) {
        top_value(p)->start = top->start;
        top_value(p)->end = end;
        p->pending_count--;
    } else {
        const struct bt_kb_op_info *info = &bt_kb_ops[top->op];
        if (info->list != BT_KB_LIST_NONE ||
            (info->b != BT_KB_TYPE_NONE && top->arguments < 2)) {
            fail(p, p->token.start, "%s needs one more argument", info->name);
            return;
        }
        finish_call(p, NULL, end);
    }
    if (!p->failed)
        advance(p);
}

static void next_argument(struct parser *p, bool *operand)
{
    reduce(p, 0);
    if (p->failed)
        return;
    struct pending *top = p->pending_count != 0 ? &p->pending[p->pending_count - 1] : NULL;
    if (top == NULL || top->kind != PENDING_CALL) {
        fail(p, p->token.start, "a comma has no meaning here");
        return;
    }
    const struct bt_kb_op_info *info = &bt_kb_ops[top->op];
    advance(p);
    if (p->failed)
        return;
    if (info->b != BT_KB_TYPE_NONE && top->arguments < 2) {
        top->arguments++;
        *operand = true;
    } else if (info->list != BT_KB_LIST_NONE) {
        uint32_t list[2];
        take_list(p, info, list);
        if (!p->failed)
            finish_call(p, list, p->token.start);
    } else {
        fail(p, p->token.start, "%s takes no further argument", info->name);
    }
}

static void take_in(struct parser *p, bool negated)
{
    reduce(p, precedence_of(BT_KB_OP_IN));
    advance(p);
    if (p->failed)
        return;
    take_set(p);
    if (negated && !p->failed)
        emit(p, BT_KB_OP_NOT, 1, top_value(p)->start, top_value(p)->end);
}

static void take_operator(struct parser *p, bool *operand)
{
    enum bt_kb_op op = BT_KB_OP_NUMBER;
    if (is_sign(p, ")")) {
        close_group(p);
    } else if (is_sign(p, ",")) {
        next_argument(p, operand);
    } else if (is_keyword(p, "in")) {
        take_in(p, false);
    } else if (is_keyword(p, "not")) {
        advance(p);
        if (is_keyword(p, "in"))
            take_in(p, true);
        else
            fail(p, p->token.start, "\"and\", \"or\" or a comparison is expected before this");
    } else if (p->token.kind != BT_KB_TOKEN_STRING &&
               find_op(p->token.text, BT_KB_FORM_OPERATOR, &op)) {
        reduce(p, precedence_of(op));
        if (p->failed)
            return;
        push(p, PENDING_OPERATOR, op);
        advance(p);
        *operand = true;
    } else {
        fail(p, p->token.start, "\"and\", \"or\" or a comparison is expected before \"%s\"",
             p->token.text);
    }
}

static void finish(struct parser *p)
{
    reduce(p, 0);
    if (p->failed)
        return;
    if (p->pending_count != 0)
        fail(p, p->pending[p->pending_count - 1].start, "a closing parenthesis is missing");
    else if (top_value(p)->type != BT_KB_TYPE_TRUTH)
        fail(p, 0, "a condition is expected here, this is %s", type_names[top_value(p)->type]);
}

bool bt_kb_parse_expr(struct bt_kb_compiler *c, const char *source, struct bt_kb_place place,
                      bool exact_columns, enum bt_kb_expr_use use, struct bt_kb_parsed *ret)
{
    struct parser p = {.c = c, .out = ret, .use = use};
    bool operand = true;
    ret->source = source;
    ret->place = place;
    ret->exact_columns = exact_columns;
    ret->count = 0;
    advance(&p);
    // Each round takes a token, so the length of the source bounds them.
    while (!p.failed && (operand || p.token.kind != BT_KB_TOKEN_END)) {
        if (operand)
            take_operand(&p, &operand);
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
