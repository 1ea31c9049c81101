// SPDX-License-Identifier: MIT
//
// Lists in conditions: the names of a function, and the set on the right of `in`.
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "kb/expr_parser.h"

// --- Lists

static void add_text_row(struct bt_kb_parser *p, const char *text)
{
    uint32_t row[TEXT_LIST_WORDS] = {bt_kb_writer_text(&p->c->writer, text)};
    bt_kb_writer_row(&p->c->writer, BT_KB_TEXT_LIST, row);
}

static void take_list_item(struct bt_kb_parser *p, const struct bt_kb_op_info *info)
{
    const struct bt_kb_token *token = &p->token;
    if (token->kind != BT_KB_TOKEN_WORD && token->kind != BT_KB_TOKEN_STRING) {
        bt_kb_parser_fail(p, token->start, "%s needs a name here", info->name);
        return;
    }
    const char *text = token->text;
    if (info->list == BT_KB_LIST_WORDS) {
        if (!bt_kb_parser_check_word(p, info->words, text, token->start))
            return;
    } else if (info->list == BT_KB_LIST_SYMBOL) {
        if (strchr(text, '!') == NULL) {
            bt_kb_parser_fail(p, token->start, "a function is written \"module.sys!Function\"");
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
    bt_kb_parser_advance(p);
}

// The names of a function, up to its closing parenthesis, which is taken too.
void bt_kb_parser_take_list(struct bt_kb_parser *p, const struct bt_kb_op_info *info,
                            uint32_t list[2])
{
    list[0] = p->c->writer.rows[BT_KB_TEXT_LIST];
    while (!p->failed && !bt_kb_parser_is_sign(p, ")")) {
        take_list_item(p, info);
        if (!p->failed && !bt_kb_parser_is_sign(p, ")"))
            bt_kb_parser_expect(p, ",");
    }
    list[1] = p->c->writer.rows[BT_KB_TEXT_LIST] - list[0];
    if (p->failed)
        return;
    if (list[1] == 0 && info->list != BT_KB_LIST_WORDS)
        bt_kb_parser_fail(p, p->token.start, "%s needs a name", info->name);
    else if (list[1] > 1 && info->list == BT_KB_LIST_FILE)
        bt_kb_parser_fail(p, p->token.start, "%s takes one file only", info->name);
    if (!p->failed)
        bt_kb_parser_advance(p);
}

// --- Sets: the right side of `in`

// One literal of a set; `high` asks for the last moment of a day.
static bool take_set_value(struct bt_kb_parser *p, enum bt_kb_type type, bool high,
                           uint64_t *ret)
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
        bt_kb_parser_fail(p, token->start, "%s is expected in this set", bt_kb_type_name(type));
        return false;
    }
    if (high && type == BT_KB_TYPE_VERSION)
        *ret = token->last;
    if (high && type == BT_KB_TYPE_TIME && token->date_only)
        *ret += 24 * 3600 * BT_TICKS_PER_SECOND - 1;
    return true;
}

static void take_range(struct bt_kb_parser *p, enum bt_kb_type type)
{
    uint64_t low = 0, high = 0;
    uint32_t start = p->token.start;
    if (!take_set_value(p, type, false, &low) || !take_set_value(p, type, true, &high))
        return;
    bt_kb_parser_advance(p);
    if (bt_kb_parser_is_sign(p, "..")) {
        bt_kb_parser_advance(p);
        if (p->failed || !take_set_value(p, type, true, &high))
            return;
        bt_kb_parser_advance(p);
    }
    if (high < low) {
        bt_kb_parser_fail(p, start, "the range is empty");
        return;
    }
    uint32_t row[RANGE_WORDS];
    bt_kb_put_wide(row, RANGE_LOW, low);
    bt_kb_put_wide(row, RANGE_HIGH, high);
    bt_kb_writer_row(&p->c->writer, BT_KB_RANGES, row);
}

static void take_set_word(struct bt_kb_parser *p, const struct bt_kb_words *words)
{
    if (p->token.kind != BT_KB_TOKEN_WORD && p->token.kind != BT_KB_TOKEN_STRING) {
        bt_kb_parser_fail(p, p->token.start, "a word is expected in this set");
        return;
    }
    if (!bt_kb_parser_check_word(p, words, p->token.text, p->token.start))
        return;
    add_text_row(p, p->token.text);
    bt_kb_parser_advance(p);
}

// `left in (a, b..c)` or `left in a..b`; the left side is the last value.
void bt_kb_parser_take_set(struct bt_kb_parser *p)
{
    struct bt_kb_parsed_node *left = bt_kb_parser_top(p);
    enum bt_kb_type type = left->type;
    const struct bt_kb_words *words = bt_kb_ops[left->op].words;
    bool of_words = type == BT_KB_TYPE_WORD, group = bt_kb_parser_is_sign(p, "(");
    enum bt_kb_section section = of_words ? BT_KB_TEXT_LIST : BT_KB_RANGES;
    uint32_t list[2] = {p->c->writer.rows[section], 0}, start = left->start;
    if (type == BT_KB_TYPE_TRUTH || bt_kb_ops[left->op].form == BT_KB_FORM_LITERAL) {
        bt_kb_parser_fail(p, left->start, "\"in\" needs a fact on its left side");
        return;
    }
    if (group)
        bt_kb_parser_advance(p);
    while (!p->failed) {
        if (of_words)
            take_set_word(p, words);
        else
            take_range(p, type);
        if (p->failed || !group || bt_kb_parser_is_sign(p, ")"))
            break;
        bt_kb_parser_expect(p, ",");
    }
    uint32_t end = p->token.end;
    if (p->failed || (group && !bt_kb_parser_expect(p, ")")))
        return;
    list[1] = p->c->writer.rows[section] - list[0];
    struct bt_kb_parsed_node *node =
        bt_kb_parser_emit(p, BT_KB_OP_IN, 1, start, group ? end : p->token.start);
    if (node == NULL)
        return;
    memcpy(node->list, list, sizeof list);
    if (of_words)
        node->text = "words";
}
