// SPDX-License-Identifier: MIT
//
// Words, numbers and signs of a condition.
#ifndef BT_KB_LEXER_H
#define BT_KB_LEXER_H

#include <stdbool.h>
#include <stdint.h>

enum bt_kb_token_kind {
    BT_KB_TOKEN_END,
    BT_KB_TOKEN_BAD, // `problem` says why
    BT_KB_TOKEN_NUMBER,
    BT_KB_TOKEN_VERSION,
    BT_KB_TOKEN_TIME,
    BT_KB_TOKEN_WORD,   // fact, function, keyword or bare word
    BT_KB_TOKEN_STRING, // in quotes
    BT_KB_TOKEN_SIGN,   // ( ) , & .. and the comparisons
};

enum { BT_KB_TOKEN_SIZE = 128 };

struct bt_kb_token {
    enum bt_kb_token_kind kind;
    uint32_t start, end;         // offsets in the source
    char text[BT_KB_TOKEN_SIZE]; // without quotes
    uint64_t value;              // of a number, version or time
    uint64_t last;               // of a version: of "3.2.x" the highest, else `value`
    bool date_only;
    const char *problem;
};

// The token that begins at or after `at`.
void bt_kb_next_token(const char *source, uint32_t at, struct bt_kb_token *ret);

#endif
