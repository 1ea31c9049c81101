// SPDX-License-Identifier: MIT
#include "kb/stop_scan.h"

#include <string.h>

#include "base/text.h"
#include "kb/stop_names.h"

char bt_stop_scan_peek(const struct bt_stop_scan *s)
{
    return s->pos < s->size ? s->text[s->pos] : '\0';
}

bool bt_stop_scan_is_word(char c)
{
    return bt_is_alpha(c) || bt_is_digit(c) || c == '_';
}

void bt_stop_scan_skip(struct bt_stop_scan *s, const char *set)
{
    while (s->pos < s->size && s->text[s->pos] != '\0' && strchr(set, s->text[s->pos]) != NULL)
        s->pos++;
}

bool bt_stop_scan_take(struct bt_stop_scan *s, const char *word)
{
    size_t length = strlen(word);
    if (s->size - s->pos < length || !bt_ieq_n(s->text + s->pos, word, length))
        return false;
    s->pos += length;
    return true;
}

bool bt_stop_scan_take_word(struct bt_stop_scan *s, const char *word)
{
    size_t start = s->pos;
    if (!bt_stop_scan_take(s, word))
        return false;
    if (!bt_stop_scan_is_word(bt_stop_scan_peek(s)))
        return true;
    s->pos = start;
    return false;
}

// "0x", doubled "0x0x", and the letter O or C in place of the zero.
static bool take_hex_prefix(struct bt_stop_scan *s)
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

bool bt_stop_scan_hex(struct bt_stop_scan *s, struct bt_stop_number *ret)
{
    size_t start = s->pos;
    char digits[40];
    struct bt_stop_number n = {.prefixed = take_hex_prefix(s)};
    while (n.digits < sizeof digits && s->pos < s->size) {
        char c = bt_stop_scan_peek(s);
        // Behind a prefix the letter is meant as the digit.
        bool letter = n.prefixed && bt_lower(c) == 'o';
        if (!bt_is_hex(c) && !letter && !(c == '`' && n.digits > 0))
            break;
        digits[n.digits++] = letter ? '0' : c;
        s->pos++;
    }
    if (n.digits == 0 || bt_stop_scan_is_word(bt_stop_scan_peek(s)) ||
        !bt_parse_hex(digits, n.digits, &n.value)) {
        s->pos = start;
        return false;
    }
    *ret = n;
    return true;
}

bool bt_stop_scan_decimal_or_hex(struct bt_stop_scan *s, struct bt_stop_number *ret)
{
    enum { FULL_CODE = 8 };
    const size_t start = s->pos;
    size_t end = start;
    while (end < s->size && bt_is_digit(s->text[end]))
        end++;
    const bool word_goes_on = end < s->size && bt_stop_scan_is_word(s->text[end]);
    // Nobody fills a decimal number with zeros.
    if (end == start || word_goes_on || (end - start == FULL_CODE && s->text[start] == '0'))
        return bt_stop_scan_hex(s, ret);
    *ret = (struct bt_stop_number){.digits = end - start};
    if (!bt_parse_u64(s->text + start, ret->digits, &ret->value))
        return false;
    s->pos = end;
    return true;
}

bool bt_stop_scan_accept_code(const struct bt_stop_scan *s, const struct bt_stop_number *n,
                              struct bt_stop_text *ret)
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
