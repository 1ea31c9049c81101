// SPDX-License-Identifier: MIT
//
// The numbers behind a stop code: lists in brackets and in the open, a debugger's arguments,
// and what only looks like them.
#include <string.h>

#include "base/text.h"
#include "kb/stop_names.h"
#include "kb/stop_scan.h"

// The number of "parameter 1": a digit alone, on the next line perhaps.
static void take_ordinal(struct bt_stop_scan *s)
{
    struct bt_stop_scan t = *s;
    bt_stop_scan_skip(&t, " \t\r\n");
    char digit = bt_stop_scan_peek(&t);
    t.pos++;
    if (digit >= '1' && digit <= '4' && !bt_stop_scan_is_word(bt_stop_scan_peek(&t)))
        *s = t;
}

// Something that stands for a parameter without telling it: "parameter1", "????????".
static bool take_placeholder(struct bt_stop_scan *s)
{
    size_t start = s->pos;
    bt_stop_scan_skip(s, "*");
    bool word = bt_is_alpha(bt_stop_scan_peek(s));
    while (bt_stop_scan_is_word(bt_stop_scan_peek(s)) || bt_stop_scan_peek(s) == '?' ||
           bt_stop_scan_peek(s) == '<' || bt_stop_scan_peek(s) == '>')
        s->pos++;
    if (word)
        take_ordinal(s);
    bt_stop_scan_skip(s, "*");
    return s->pos > start;
}

bool bt_stop_scan_parameter(struct bt_stop_scan *s, struct bt_stop_text *ret)
{
    struct bt_stop_number n;
    if (bt_stop_scan_hex(s, &n)) {
        ret->known[ret->count] = true;
        ret->parameters[ret->count++] = n.value;
        return true;
    }
    if (!take_placeholder(s))
        return false;
    ret->known[ret->count] = false;
    ret->parameters[ret->count++] = 0;
    return true;
}

// What stands in brackets behind a code is not always a parameter list: often it is the name,
// or words such as {Fatal System Error}.
enum { LONGEST_LIST = 256 };

static bool is_words_in_brackets(const struct bt_stop_scan *s)
{
    bool underscore = false, list = false;
    size_t end = s->size - s->pos > LONGEST_LIST ? s->pos + LONGEST_LIST : s->size;
    for (size_t i = s->pos; i < end; i++) {
        char c = s->text[i];
        if (c == ')' || c == '}' || c == ']')
            return underscore || !list;
        underscore = underscore || c == '_';
        list = list || c == ',' || c == '?' || bt_is_digit(c);
        if (!bt_stop_scan_is_word(c) && c != ' ')
            underscore = false;
        if (c == '\n')
            break;
    }
    return false;
}

static bool take_known_code(struct bt_stop_scan *s)
{
    struct bt_stop_number n;
    bt_stop_scan_skip(s, " \t\r\n\"");
    return bt_stop_scan_hex(s, &n) && n.prefixed && bt_stop_is_known(s->kb, n.value);
}

bool bt_stop_scan_and(struct bt_stop_scan *s)
{
    bt_stop_scan_skip(s, " \t\r\n,\")]}");
    return bt_stop_scan_take_word(s, "or") || bt_stop_scan_take_word(s, "and");
}

// ", 0x1E, and 0x50" behind a code: more codes, and not its parameters.
bool bt_stop_scan_is_enumeration(const struct bt_stop_scan *s)
{
    enum { CODES_MAX = 16 };
    struct bt_stop_scan t = *s;
    for (unsigned i = 0; i < CODES_MAX; i++) {
        if (bt_stop_scan_and(&t))
            return take_known_code(&t);
        bt_stop_scan_skip(&t, " \t\r\n,\"");
        if (!take_known_code(&t))
            return false;
    }
    return false;
}

// "(p1, p2, p3, p4)", "{p1 p2 p3 p4}", and eight-digit words without parentheses.
void bt_stop_scan_parameters(struct bt_stop_scan *s, struct bt_stop_text *ret)
{
    size_t start = s->pos;
    bt_stop_scan_skip(s, " \t\r\n:,\"");
    bool enclosed = bt_stop_scan_peek(s) == '(' || bt_stop_scan_peek(s) == '{' ||
                    bt_stop_scan_peek(s) == '[';
    if (enclosed) {
        s->pos++;
        bt_stop_scan_skip(s, " \t");
        if (is_words_in_brackets(s)) {
            s->pos = start;
            return;
        }
    } else if (bt_stop_scan_is_enumeration(s)) {
        s->pos = start;
        return;
    }
    while (ret->count < 4) {
        bt_stop_scan_skip(s, " \t,;");
        // A list goes on behind the end of a line.
        if (enclosed || ret->count != 0)
            bt_stop_scan_skip(s, " \t\r\n,;");
        size_t before = s->pos;
        struct bt_stop_number n;
        bool number = bt_stop_scan_hex(s, &n);
        s->pos = before;
        if (!enclosed && !(number && (n.prefixed || n.digits >= 8)))
            break;
        if (!bt_stop_scan_parameter(s, ret))
            break;
    }
    // A lone number in the open is more likely something else.
    if (!enclosed && ret->count == 1)
        ret->count = 0;
    if (ret->count == 0)
        s->pos = start;
}

// --- Arguments of a debugger

// "(d1)" behind a name, as a debugger heads its explanation.
static bool is_debugger_head(const struct bt_stop_scan *s, size_t at)
{
    struct bt_stop_scan t = *s;
    struct bt_stop_number n;
    t.pos = at + 1;
    return s->text[at] == '(' && at != 0 && s->text[at - 1] == ' ' &&
           bt_stop_scan_hex(&t, &n) && bt_stop_scan_peek(&t) == ')' &&
           bt_stop_is_known_raw(s->kb, n.value);
}

// Whether "Arg1:" at `end` belongs to another stop than the one read last: one is told of
// between the two.
static bool is_of_another(const struct bt_stop_scan *s, size_t end)
{
    for (size_t i = s->pos; i < end; i++) {
        struct bt_stop_scan t = *s;
        struct bt_stop_number n;
        t.pos = i;
        if (is_debugger_head(s, i))
            return true;
        if (!bt_stop_scan_take_word(&t, "stop") && !bt_stop_scan_take_word(&t, "bugcheck"))
            continue;
        bt_stop_scan_skip(&t, " \t\r\n:");
        if (bt_stop_scan_hex(&t, &n) && bt_stop_is_known_raw(s->kb, n.value))
            return true;
    }
    return false;
}

// Debugger output: "Bugcheck code 00000109" with "Arguments a b c d" below, or "NAME (d1)" with
// "Arg1: ..." lines.
void bt_stop_scan_arguments(struct bt_stop_scan *s, struct bt_stop_text *ret)
{
    static const char *const arguments[] = {"arg1:", "arg2:", "arg3:", "arg4:"};
    struct bt_stop_number n;
    struct bt_stop_scan t = *s;
    bt_stop_scan_skip(&t, " \t\r\n");
    if (bt_stop_scan_take_word(&t, "arguments")) {
        bt_stop_scan_skip(&t, " \t:");
        while (ret->count < 4 && bt_stop_scan_parameter(&t, ret))
            bt_stop_scan_skip(&t, " \t");
        *s = t;
    }
    if (ret->count != 0)
        return;
    enum { ARGUMENT_REACH = 1200 }; // each is followed by a sentence that explains it
    for (unsigned i = 0; i < 4; i++) {
        if (!bt_stop_scan_keyed(&t, arguments[i], ARGUMENT_REACH, false, &n) ||
            (i == 0 && is_of_another(s, t.pos)))
            return;
        ret->known[i] = true;
        ret->parameters[i] = n.value;
        ret->count = i + 1;
        s->pos = t.pos;
    }
}
