// SPDX-License-Identifier: MIT
#include "kb/lexer.h"

#include <string.h>

#include "base/attributes.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/version_number.h"

static bool is_word_start(char c)
{
    return bt_is_alpha(c) || c == '_';
}

static bool is_word_part(char c)
{
    return is_word_start(c) || bt_is_digit(c) || c == '-' || c == '.' || c == '!' || c == '$' ||
           c == '+';
}

// A number, version or date goes on until a character that none of them has, or "..".
static bool is_number_part(const char *p)
{
    if (p[0] == '.' && p[1] == '.')
        return false;
    return bt_is_digit(*p) || bt_is_alpha(*p) || *p == '.' || *p == '-' || *p == ':' ||
           *p == '`' || *p == '_';
}

static void copy_text(struct bt_kb_token *token, const char *text, size_t size)
{
    if (size >= BT_KB_TOKEN_SIZE) {
        token->kind = BT_KB_TOKEN_BAD;
        token->problem = "the word is too long";
        size = BT_KB_TOKEN_SIZE - 1;
    }
    memcpy(token->text, text, size);
    token->text[size] = '\0';
}

static void fail(struct bt_kb_token *token, const char *problem)
{
    token->kind = BT_KB_TOKEN_BAD;
    token->problem = problem;
}

static void classify_number(struct bt_kb_token *token)
{
    const char *text = token->text;
    if (token->kind == BT_KB_TOKEN_BAD)
        return;
    if (bt_parse_u64(text, strlen(text), &token->value))
        return;
    if (strchr(text, '-') != NULL) {
        token->kind = BT_KB_TOKEN_TIME;
        if (!bt_parse_time(text, &token->value, &token->date_only))
            fail(token, "a date is written 2005-10-22 or 2005-10-22T04:48Z");
    } else if (strchr(text, '.') != NULL) {
        token->kind = BT_KB_TOKEN_VERSION;
        if (!bt_parse_version_block(text, &token->value, &token->last))
            fail(token, "a version is written 5.2.3790.2554, each part at most 65535, and "
                        "3.2.x for all that begin so");
    } else {
        fail(token, "not a number");
    }
}

static void take_number(const char *source, struct bt_kb_token *token)
{
    uint32_t end = token->start;
    while (is_number_part(&source[end]))
        end++;
    token->kind = BT_KB_TOKEN_NUMBER;
    token->end = end;
    copy_text(token, &source[token->start], end - token->start);
    classify_number(token);
}

static void take_word(const char *source, struct bt_kb_token *token)
{
    uint32_t end = token->start;
    while (is_word_part(source[end]) && !(source[end] == '.' && source[end + 1] == '.'))
        end++;
    token->kind = BT_KB_TOKEN_WORD;
    token->end = end;
    copy_text(token, &source[token->start], end - token->start);
}

static void take_string(const char *source, struct bt_kb_token *token)
{
    char quote = source[token->start];
    const char *text = &source[token->start + 1];
    const char *end = strchr(text, quote);
    token->kind = BT_KB_TOKEN_STRING;
    if (end == NULL) {
        token->end = token->start + (uint32_t)strlen(&source[token->start]);
        fail(token, "the closing quote is missing");
        return;
    }
    token->end = token->start + 2 + (uint32_t)(end - text);
    copy_text(token, text, (size_t)(end - text));
}

static const char *explain_sign(const char *text)
{
    // Other languages, and quotes of word processors.
    static const struct {
        const char *sign, *meaning;
    } habits[] = {
        {"=", "a comparison is written =="},
        {"&&", "write \"and\""},
        {"||", "write \"or\""},
        {"!", "write \"not\""},
        {"\xE2\x80\x9C", "a quote is written \""},
        {"\xE2\x80\x9D", "a quote is written \""},
        {"\xE2\x80\x98", "a quote is written '"},
        {"\xE2\x80\x99", "a quote is written '"},
    };
    for (size_t i = 0; i < BT_COUNT(habits); i++) {
        if (bt_starts_with(text, habits[i].sign))
            return habits[i].meaning;
    }
    return "this sign has no meaning here";
}

static void take_sign(const char *source, struct bt_kb_token *token)
{
    // Longer signs before those that they begin with.
    static const char *const signs[] = {"==", "!=", "<=", ">=", "..", "<",
                                        ">",  "(",  ")",  ",",  "&"};
    const char *text = &source[token->start];
    for (size_t i = 0; i < BT_COUNT(signs); i++) {
        if (bt_starts_with(text, signs[i]) && !bt_starts_with(text, "&&")) {
            token->kind = BT_KB_TOKEN_SIGN;
            token->end = token->start + (uint32_t)strlen(signs[i]);
            copy_text(token, signs[i], strlen(signs[i]));
            return;
        }
    }
    token->end = token->start + 1;
    uint32_t code_point = 0;
    size_t size = bt_utf8_decode(text, strlen(text), &code_point);
    copy_text(token, text, size != 0 ? size : 1);
    fail(token, explain_sign(text));
}

void bt_kb_next_token(const char *source, uint32_t at, struct bt_kb_token *ret)
{
    while (bt_is_space(source[at]))
        at++;
    memset(ret, 0, sizeof *ret);
    ret->start = ret->end = at;
    char c = source[at];
    if (c == '\0')
        ret->kind = BT_KB_TOKEN_END;
    else if (bt_is_digit(c))
        take_number(source, ret);
    else if (is_word_start(c))
        take_word(source, ret);
    else if (c == '"' || c == '\'')
        take_string(source, ret);
    else
        take_sign(source, ret);
}
