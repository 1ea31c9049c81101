// SPDX-License-Identifier: MIT
//
// The parser of conditions from inside: its state, and the parts that its files share.
#ifndef BT_KB_EXPR_PARSER_H
#define BT_KB_EXPR_PARSER_H

#include "kb/lexer.h"
#include "kb/parse_expr.h"

// What waits for its operands.
enum bt_kb_pending_kind { PENDING_OPERATOR, PENDING_GROUP, PENDING_CALL };

struct bt_kb_pending {
    enum bt_kb_pending_kind kind;
    enum bt_kb_op op;
    unsigned arguments; // of a call, so far
    uint32_t start;     // in the source
};

struct bt_kb_parser {
    struct bt_kb_compiler *c;
    struct bt_kb_parsed *out;
    enum bt_kb_expr_use use;
    struct bt_kb_token token; // not taken yet
    struct bt_kb_pending pending[BT_LIMIT_EXPRESSION_DEPTH];
    size_t pending_count;
    uint32_t values[BT_LIMIT_EXPRESSION_DEPTH + 1]; // nodes that no operator has taken yet
    size_t value_count;
    bool failed;
};

// Complains at an offset of the source; the parser stops after the first complaint.
void bt_kb_parser_fail(struct bt_kb_parser *p, uint32_t offset, const char *format, ...)
    BT_PRINTF(3, 4);
// Takes the token and looks at the next one.
void bt_kb_parser_advance(struct bt_kb_parser *p);
bool bt_kb_parser_is_sign(const struct bt_kb_parser *p, const char *sign);
// Takes a sign, or complains and gives false.
bool bt_kb_parser_expect(struct bt_kb_parser *p, const char *sign);

bool bt_kb_parser_is_keyword(const struct bt_kb_parser *p, const char *word);
// An operator, group or call that waits for its operands.
void bt_kb_parser_push(struct bt_kb_parser *p, enum bt_kb_pending_kind kind, enum bt_kb_op op);
bool bt_kb_parser_find_op(const char *name, enum bt_kb_op_form form, enum bt_kb_op *ret);

// parse_operand.c: a fact, call or literal; *operand stays true where another one has to
// follow.
void bt_kb_parser_take_operand(struct bt_kb_parser *p, bool *operand);

// The innermost value that no operator has taken yet.
struct bt_kb_parsed_node *bt_kb_parser_top(struct bt_kb_parser *p);
// Appends a node over `operands` values, which it replaces. NULL after a complaint.
struct bt_kb_parsed_node *bt_kb_parser_emit(struct bt_kb_parser *p, enum bt_kb_op op,
                                            unsigned operands, uint32_t start, uint32_t end);
// Whether a word is of a closed list (NULL: every word is); complains where it is not.
bool bt_kb_parser_check_word(struct bt_kb_parser *p, const struct bt_kb_words *words,
                             const char *text, uint32_t offset);
// "a number", for messages.
const char *bt_kb_type_name(enum bt_kb_type type);

// parse_list.c: the names of a function, up to its closing parenthesis, which is taken too.
void bt_kb_parser_take_list(struct bt_kb_parser *p, const struct bt_kb_op_info *info,
                            uint32_t list[2]);
// parse_list.c: the right side of `in`; the left side is the top value.
void bt_kb_parser_take_set(struct bt_kb_parser *p);

#endif
