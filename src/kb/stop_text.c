// SPDX-License-Identifier: MIT
#include "kb/stop_text.h"

#include <string.h>

#include "base/text.h"
#include "kb/stop_names.h"

// Reading text by moving a position forward; every step checks the end.
struct scan {
    const struct bt_kb *kb;
    const char *text;
    size_t size;
    size_t pos;
};

static char peek(const struct scan *s)
{
    return s->pos < s->size ? s->text[s->pos] : '\0';
}

static bool is_word_char(char c)
{
    return bt_is_alpha(c) || bt_is_digit(c) || c == '_';
}

static void skip_any_of(struct scan *s, const char *set)
{
    while (s->pos < s->size && s->text[s->pos] != '\0' && strchr(set, s->text[s->pos]) != NULL)
        s->pos++;
}

// Takes `word` without regard to case, whatever follows.
static bool take(struct scan *s, const char *word)
{
    size_t length = strlen(word);
    if (s->size - s->pos < length || !bt_ieq_n(s->text + s->pos, word, length))
        return false;
    s->pos += length;
    return true;
}

// Takes `word` where no letter or digit follows.
static bool take_word(struct scan *s, const char *word)
{
    size_t start = s->pos;
    if (!take(s, word))
        return false;
    if (!is_word_char(peek(s)))
        return true;
    s->pos = start;
    return false;
}

struct number {
    uint64_t value;
    size_t digits;
    bool prefixed; // 0x or one of its misspellings
};

// "0x", doubled "0x0x", and the letter O or C in place of the zero.
static bool take_hex_prefix(struct scan *s)
{
    bool found = false;
    while (s->size - s->pos >= 3 && strchr("0oOcC", s->text[s->pos]) != NULL &&
           bt_lower(s->text[s->pos + 1]) == 'x' &&
           (bt_is_hex(s->text[s->pos + 2]) || s->text[s->pos + 2] == 'O')) {
        s->pos += 2;
        found = true;
    }
    return found;
}

// A hexadecimal number that ends at something that is neither letter nor digit. The position
// stays where there is none.
static bool take_hex(struct scan *s, struct number *ret)
{
    size_t start = s->pos;
    char digits[40];
    struct number n = {.prefixed = take_hex_prefix(s)};
    while (n.digits < sizeof digits && s->pos < s->size) {
        char c = peek(s);
        // Behind a prefix the letter is meant as the digit.
        bool letter = n.prefixed && bt_lower(c) == 'o';
        if (!bt_is_hex(c) && !letter && !(c == '`' && n.digits > 0))
            break;
        digits[n.digits++] = letter ? '0' : c;
        s->pos++;
    }
    if (n.digits == 0 || is_word_char(peek(s)) || !bt_parse_hex(digits, n.digits, &n.value)) {
        s->pos = start;
        return false;
    }
    *ret = n;
    return true;
}

static bool take_decimal_or_hex(struct scan *s, struct number *ret)
{
    size_t start = s->pos;
    if (take_hex_prefix(s)) {
        s->pos = start;
        return take_hex(s, ret);
    }
    while (bt_is_digit(peek(s)))
        s->pos++;
    ret->digits = s->pos - start;
    ret->prefixed = false;
    if (ret->digits != 0 && !is_word_char(peek(s)) &&
        bt_parse_u64(s->text + start, ret->digits, &ret->value))
        return true;
    s->pos = start;
    return false;
}

// --- Codes

static bool accept_code(const struct scan *s, const struct number *n, struct bt_stop_text *ret)
{
    bool flagged = (n->value & 0xfffff000) == 0x10000000;
    if (n->value <= UINT32_MAX) {
        ret->code = (uint32_t)n->value;
        if (!bt_stop_is_known(s->kb, n->value) && !flagged)
            ret->repaired = bt_stop_repair_short(s->kb, n->value, n->digits, &ret->code);
        return true;
    }
    ret->repaired = bt_stop_repair_long(s->kb, n->value, &ret->code);
    return ret->repaired;
}

// --- Parameters

// Something that stands for a parameter without telling it: "parameter1", "????????".
static bool take_placeholder(struct scan *s)
{
    size_t start = s->pos;
    skip_any_of(s, "*");
    while (is_word_char(peek(s)) || peek(s) == '?' || peek(s) == '<' || peek(s) == '>' ||
           (peek(s) == ' ' && s->pos + 1 < s->size && bt_is_digit(s->text[s->pos + 1])))
        s->pos++;
    skip_any_of(s, "*");
    return s->pos > start;
}

static bool take_parameter(struct scan *s, struct bt_stop_text *ret)
{
    struct number n;
    if (take_hex(s, &n)) {
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
static bool is_words_in_brackets(const struct scan *s)
{
    bool underscore = false, list = false;
    for (size_t i = s->pos; i < s->size; i++) {
        char c = s->text[i];
        if (c == ')' || c == '}' || c == ']')
            return underscore || !list;
        underscore = underscore || c == '_';
        list = list || c == ',' || c == '?' || bt_is_digit(c);
        if (!is_word_char(c) && c != ' ')
            underscore = false;
        if (c == '\n')
            break;
    }
    return false;
}

// "(p1, p2, p3, p4)", "{p1 p2 p3 p4}", and eight-digit words without parentheses.
static void take_parameters(struct scan *s, struct bt_stop_text *ret)
{
    size_t start = s->pos;
    skip_any_of(s, " \t\r\n:,\"");
    bool enclosed = peek(s) == '(' || peek(s) == '{' || peek(s) == '[';
    if (enclosed) {
        s->pos++;
        skip_any_of(s, " \t");
        if (is_words_in_brackets(s)) {
            s->pos = start;
            return;
        }
    }
    while (ret->count < 4) {
        skip_any_of(s, " \t,;");
        if (enclosed)
            skip_any_of(s, " \t\r\n,;");
        size_t before = s->pos;
        struct number n;
        bool number = take_hex(s, &n);
        s->pos = before;
        if (!enclosed && !(number && (n.prefixed || n.digits >= 8)))
            break;
        if (!take_parameter(s, ret))
            break;
    }
    // A lone number in the open is more likely something else.
    if (!enclosed && ret->count == 1)
        ret->count = 0;
    if (ret->count == 0)
        s->pos = start;
}

// --- Forms that are keyed: "BCCode : 8E BCP1 : ...", event 41, error reports, the debugger

enum key_base {
    BASE_HEX,
    BASE_DECIMAL, // Kernel-Power 41 writes the code in decimal, parameters in hexadecimal
};

struct keyed_form {
    const char *form;
    const char *code_key;
    const char *parameter_keys[4]; // NULL: the form has none
    enum key_base base;
    const char *code_field; // where the code does not follow the key: the field that has it
    bool needs_parameters;  // without them it is another form
};

// A longer key stands before one that it starts with.
static const struct keyed_form keyed_forms[] = {
    {.form = "error report",
     .code_key = "bccode",
     .parameter_keys = {"bcp1", "bcp2", "bcp3", "bcp4"}},
    {.form = "Kernel-Power event 41",
     .code_key = "bugcheckcode",
     .parameter_keys = {"bugcheckparameter1", "bugcheckparameter2", "bugcheckparameter3",
                        "bugcheckparameter4"},
     .base = BASE_DECIMAL},
    {.form = "debugger",
     .code_key = "bugcheck_code",
     .parameter_keys = {"bugcheck_p1", "bugcheck_p2", "bugcheck_p3", "bugcheck_p4"}},
    {.form = "event 1003",
     .code_key = "error code",
     .parameter_keys = {"parameter1", "parameter2", "parameter3", "parameter4"}},
    {.form = "Report.wer",
     .code_key = "sig[0].value",
     .parameter_keys = {"sig[1].value", "sig[2].value", "sig[3].value", "sig[4].value"}},
    {.form = "BlueScreenView",
     .code_key = "bug check code",
     .parameter_keys = {"parameter 1", "parameter 2", "parameter 3", "parameter 4"},
     .needs_parameters = true},
    {.form = "live kernel event",
     .code_key = "livekernelevent",
     .parameter_keys = {"parameter 1", "parameter 2", "parameter 3", "parameter 4"},
     .code_field = "code"},
    {.form = "live kernel event", .code_key = "live kernel event"},
    {.form = "debugger", .code_key = "bugcheck_str"},
};

// Finds `key` in the next `reach` bytes and takes the number behind it.
static bool take_keyed(struct scan *s, const char *key, size_t reach, enum key_base base,
                       struct number *ret)
{
    size_t end = s->size - s->pos > reach ? s->pos + reach : s->size;
    for (size_t i = s->pos; i < end; i++) {
        struct scan t = *s;
        t.pos = i;
        if (!take(&t, key))
            continue;
        skip_any_of(&t, " \t:=\">.]");
        if (base == BASE_DECIMAL ? take_decimal_or_hex(&t, ret) : take_hex(&t, ret)) {
            s->pos = t.pos;
            return true;
        }
    }
    return false;
}

// How far apart the fields of one report stand, white space and markup included.
enum { KEY_REACH = 400 };

static bool take_number(struct scan *s, enum key_base base, struct number *ret)
{
    skip_any_of(s, " \t:=\">.]");
    return base == BASE_DECIMAL ? take_decimal_or_hex(s, ret) : take_hex(s, ret);
}

// Scripts print the parameters of event 41 in decimal: seen by one that is too long to be
// hexadecimal.
static bool are_decimal(const struct scan *s, const struct keyed_form *f)
{
    struct scan t = *s;
    struct number n;
    bool any = false;
    for (unsigned i = 0; i < 4 && f->base == BASE_DECIMAL; i++) {
        if (!take_keyed(&t, f->parameter_keys[i], KEY_REACH, BASE_DECIMAL, &n))
            break;
        any = any || (!n.prefixed && n.digits > 16);
    }
    return any;
}

static bool read_keyed(const struct scan *s, const struct keyed_form *f,
                       struct bt_stop_text *ret)
{
    struct scan t = *s;
    struct number n;
    if (!take(&t, f->code_key) ||
        !(f->code_field != NULL ? take_keyed(&t, f->code_field, KEY_REACH, f->base, &n)
                                : take_number(&t, f->base, &n)))
        return false;
    struct bt_stop_text found = {.start = s->pos, .form = f->form};
    if (!accept_code(s, &n, &found))
        return false;
    enum key_base base = are_decimal(&t, f) ? BASE_DECIMAL : BASE_HEX;
    for (unsigned i = 0; i < 4 && f->parameter_keys[i] != NULL; i++) {
        if (!take_keyed(&t, f->parameter_keys[i], KEY_REACH, base, &n))
            break;
        found.known[i] = true;
        found.parameters[i] = n.value;
        found.count = i + 1;
    }
    if (found.count == 0 && f->needs_parameters)
        return false;
    found.end = t.pos;
    *ret = found;
    return true;
}

// "FAILURE_BUCKET_ID:  0x116_IMAGE_nvlddmkm.sys", and LKD_ in front of live dumps.
static bool read_bucket(const struct scan *s, struct bt_stop_text *ret)
{
    struct scan t = *s;
    struct bt_stop_text found = {.start = s->pos, .form = "debugger"};
    uint64_t value;
    if (!take(&t, "failure_bucket_id"))
        return false;
    skip_any_of(&t, " \t:=");
    (void)take(&t, "LKD_");
    if (!take(&t, "0x"))
        return false;
    size_t start = t.pos;
    while (bt_is_hex(peek(&t)))
        t.pos++;
    if (peek(&t) != '_' || !bt_parse_hex(t.text + start, t.pos - start, &value) ||
        !bt_stop_is_known(s->kb, value))
        return false;
    found.code = (uint32_t)value;
    found.end = t.pos;
    *ret = found;
    return true;
}

// --- Forms of prose: a word, a code, a list

// Debugger output: "Bugcheck code 00000109" with "Arguments a b c d" below, or "NAME (d1)" with
// "Arg1: ..." lines.
static void take_debugger_arguments(struct scan *s, struct bt_stop_text *ret)
{
    static const char *const arguments[] = {"arg1:", "arg2:", "arg3:", "arg4:"};
    struct number n;
    struct scan t = *s;
    skip_any_of(&t, " \t\r\n");
    if (take_word(&t, "arguments")) {
        skip_any_of(&t, " \t:");
        while (ret->count < 4 && take_parameter(&t, ret))
            skip_any_of(&t, " \t");
        *s = t;
        return;
    }
    enum { ARGUMENT_REACH = 1200 }; // each is followed by a sentence that explains it
    for (unsigned i = 0; i < 4; i++) {
        if (!take_keyed(&t, arguments[i], ARGUMENT_REACH, BASE_HEX, &n))
            return;
        ret->known[i] = true;
        ret->parameters[i] = n.value;
        ret->count = i + 1;
        s->pos = t.pos;
    }
}

// The words that announce a code; what may stand between them and it.
static bool take_announcement(struct scan *s, const char **form)
{
    static const char *const fillers[] = {"msg",    "message", "messages", "code",
                                          "screen", "error",   "was",      "check"};
    if (take(s, "stop")) {
        *form = "blue screen";
        // "STOP1E:" needs no blank; "stopped" is not meant.
        if (bt_is_alpha(peek(s)) && !bt_is_hex(peek(s)))
            return false;
    } else if (take_word(s, "bugcheck") || take_word(s, "bug")) {
        *form = "bug check";
    } else if (take_word(s, "fatal system error") || take_word(s, "trap") ||
               take_word(s, "bluescreen")) {
        *form = "blue screen";
    } else {
        return false;
    }
    for (unsigned step = 0; step < 4; step++) {
        skip_any_of(s, " \t\r\n:;#-\"*.,");
        bool taken = false;
        for (size_t i = 0; i < BT_COUNT(fillers) && !taken; i++)
            taken = take_word(s, fillers[i]);
        if (!taken)
            break;
    }
    return true;
}

static bool has_name_next(const struct scan *s)
{
    size_t i = s->pos;
    while (i < s->size && strchr(" \t\r\n(:-", s->text[i]) != NULL && s->text[i] != '\0')
        i++;
    size_t start = i;
    while (i < s->size && is_word_char(s->text[i]))
        i++;
    uint32_t code;
    return i > start && bt_stop_by_name(s->kb, s->text + start, i - start, &code);
}

// New screens write the name with or without underscores: "Stop code: MEMORY MANAGEMENT".
static bool read_announced_name(struct scan t, struct bt_stop_text *found,
                                struct bt_stop_text *ret)
{
    size_t start = t.pos;
    while (is_word_char(peek(&t)) || peek(&t) == ' ')
        t.pos++;
    if (!bt_stop_by_name(t.kb, t.text + start, t.pos - start, &found->code) &&
        !bt_stop_by_similar_name(t.kb, t.text + start, t.pos - start, &found->code))
        return false;
    found->end = t.pos;
    *ret = *found;
    return true;
}

// "Stop 7F" and nothing else.
static bool is_all_there_is(const struct scan *start, const struct scan *end, uint32_t code)
{
    struct scan t = *end;
    skip_any_of(&t, " \t\r\n.!");
    return start->pos == 0 && t.pos == t.size && bt_stop_is_known(start->kb, code);
}

// "STOP (0x00000050 0xe2000000 0 0 2)", "STOP error message (0xA)": code and parameters in one
// pair of parentheses.
static bool read_enclosed(struct scan t, struct bt_stop_text *found, struct bt_stop_text *ret)
{
    struct number n;
    t.pos++;
    if (!take_hex(&t, &n) || !n.prefixed || !bt_stop_is_known(t.kb, n.value) ||
        !accept_code(&t, &n, found))
        return false;
    for (size_t before = 0; before != t.pos && found->count < 4;) {
        skip_any_of(&t, " \t\r\n,");
        before = t.pos;
        (void)(peek(&t) != ')' && take_parameter(&t, found));
    }
    if (peek(&t) != ')')
        return false;
    found->end = t.pos + 1;
    *ret = *found;
    return true;
}

static bool read_announced(const struct scan *s, struct bt_stop_text *ret)
{
    struct scan t = *s;
    struct number n;
    struct bt_stop_text found = {.start = s->pos};
    if (!take_announcement(&t, &found.form))
        return false;
    if (peek(&t) == '(')
        return read_enclosed(t, &found, ret);
    if (!take_hex(&t, &n))
        return read_announced_name(t, &found, ret);
    if (!accept_code(s, &n, &found))
        return false;
    size_t behind_code = t.pos;
    take_parameters(&t, &found);
    if (found.count == 0) {
        t.pos = behind_code;
        take_debugger_arguments(&t, &found);
    }
    // Two or three digits without 0x are a code only next to a list or a name: "Stop 7F (...)".
    if (!n.prefixed && n.digits < 8 && found.count == 0 && !has_name_next(&t) &&
        !is_all_there_is(s, &t, found.code))
        return false;
    found.end = t.pos;
    *ret = found;
    return true;
}

// What goes on behind a stop that was read: "STOP 0x0000000A or 0x0000001E".
static bool read_another(const struct scan *s, struct bt_stop_text *ret)
{
    struct scan t = *s;
    struct number n;
    struct bt_stop_text found = {.form = "blue screen"};
    skip_any_of(&t, " \t\r\n,\")]}");
    if (!take_word(&t, "or") && !take_word(&t, "and"))
        return false;
    skip_any_of(&t, " \t\r\n\"");
    found.start = t.pos;
    if (!take_hex(&t, &n) || !n.prefixed || !bt_stop_is_known(s->kb, n.value) ||
        !accept_code(s, &n, &found))
        return false;
    take_parameters(&t, &found);
    found.end = t.pos;
    *ret = found;
    return true;
}

// A line of its own: "0x000000D6 (p1, p2, p3, p4)" or "0000001e : p1 p2 p3 p4".
static bool read_bare(const struct scan *s, struct bt_stop_text *ret)
{
    struct scan t = *s;
    struct number n;
    struct bt_stop_text found = {.start = s->pos, .form = "code with parameters"};
    if (!take_hex(&t, &n) || (!n.prefixed && n.digits != 8) || !accept_code(s, &n, &found))
        return false;
    take_parameters(&t, &found);
    if (found.count < 3 || !bt_stop_is_known(s->kb, found.code))
        return false;
    found.end = t.pos;
    *ret = found;
    return true;
}

// "DRIVER_POWER_STATE_FAILURE (9f)" of the debugger, and the name alone as new screens show it.
static bool read_name(const struct scan *s, struct bt_stop_text *ret)
{
    size_t i = s->pos;
    bool underscore = false;
    while (i < s->size && is_word_char(s->text[i])) {
        underscore = underscore || s->text[i] == '_';
        i++;
    }
    struct bt_stop_text found = {.start = s->pos, .form = "name"};
    if (!underscore ||
        (!bt_stop_by_name(s->kb, s->text + s->pos, i - s->pos, &found.code) &&
         !bt_stop_by_similar_name(s->kb, s->text + s->pos, i - s->pos, &found.code)))
        return false;
    struct scan t = *s;
    struct number n;
    t.pos = i;
    skip_any_of(&t, " ");
    if (peek(&t) == '(') {
        t.pos++;
        if (take_hex(&t, &n) && peek(&t) == ')') {
            t.pos++;
            found.form = "debugger";
            (void)accept_code(s, &n, &found);
            take_debugger_arguments(&t, &found);
            i = t.pos;
        }
    }
    found.end = i;
    *ret = found;
    return true;
}

static bool read_here(const struct scan *s, bool at_line_start, struct bt_stop_text *ret)
{
    for (size_t i = 0; i < BT_COUNT(keyed_forms); i++) {
        if (read_keyed(s, &keyed_forms[i], ret))
            return true;
    }
    return read_bucket(s, ret) || read_announced(s, ret) || read_name(s, ret) ||
           (at_line_start && read_bare(s, ret));
}

bool bt_stop_text_next(const struct bt_kb *kb, const char *text, size_t size, size_t *at,
                       struct bt_stop_text *ret)
{
    bool line_start = true;
    struct scan behind = {.kb = kb, .text = text, .size = size, .pos = *at};
    if (*at != 0 && read_another(&behind, ret)) {
        *at = ret->end;
        return true;
    }
    for (size_t i = *at; i < size; i++) {
        char before = i == 0 ? '\n' : text[i - 1];
        if (before == '\n')
            line_start = true;
        if (!is_word_char(before)) {
            struct scan s = {.kb = kb, .text = text, .size = size, .pos = i};
            // In XML a field begins where its tag ends.
            if (read_here(&s, line_start || before == '>', ret)) {
                *at = ret->end > i ? ret->end : i + 1;
                return true;
            }
        }
        if (!bt_is_space(text[i]) && text[i] != '*' && text[i] != '>')
            line_start = false;
    }
    *at = size;
    return false;
}

bool bt_stop_text_best(const struct bt_kb *kb, const char *text, size_t size,
                       struct bt_stop_text *ret)
{
    struct bt_stop_text found;
    size_t at = 0;
    bool any = false;
    while (bt_stop_text_next(kb, text, size, &at, &found)) {
        if (!any || found.count > ret->count)
            *ret = found;
        any = true;
    }
    return any;
}
