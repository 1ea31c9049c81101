// SPDX-License-Identifier: MIT
#include "kb/stop_text.h"

#include <string.h>

#include "base/text.h"
#include "kb/stop_names.h"
#include "kb/stop_scan.h"

// The sub-code that some buckets have behind the code is parameter 1: "0x9F_3_POWER_DOWN_...",
// "0x133_DPC_...". A status there may be that of another parameter.
static void take_bucket_subcode(struct bt_stop_scan *s, struct bt_stop_text *ret)
{
    enum { LONGEST_SUBCODE = 5, DPC_WATCHDOG_VIOLATION = 0x133 };
    struct bt_stop_scan t = *s;
    uint64_t value = 0;
    while (bt_is_hex(bt_stop_scan_peek(&t)))
        t.pos++;
    const size_t size = t.pos - s->pos;
    bool known = size != 0 && size <= LONGEST_SUBCODE && bt_stop_scan_peek(&t) == '_' &&
                 bt_parse_hex(s->text + s->pos, size, &value);
    if (ret->code == DPC_WATCHDOG_VIOLATION) {
        value = bt_stop_scan_take(&t, "ISR_");
        known = value != 0 || bt_stop_scan_take(&t, "DPC_");
    }
    if (!known)
        return;
    ret->known[0] = true;
    ret->parameters[0] = value;
    ret->count = 1;
}

// "FAILURE_BUCKET_ID:  0x116_IMAGE_nvlddmkm.sys", or the bucket alone; LKD_ in front of live
// dumps, X64_ of old debuggers.
static bool read_bucket(const struct bt_stop_scan *s, struct bt_stop_text *ret)
{
    struct bt_stop_scan t = *s;
    struct bt_stop_text found = {.start = s->pos, .form = "bucket"};
    uint64_t value;
    if (bt_stop_scan_take(&t, "failure_bucket_id") || bt_stop_scan_take(&t, "fault bucket"))
        bt_stop_scan_skip(&t, " \t:=");
    (void)(bt_stop_scan_take(&t, "LKD_") || bt_stop_scan_take(&t, "X64_"));
    if (!bt_stop_scan_take(&t, "0x"))
        return false;
    size_t start = t.pos;
    while (bt_is_hex(bt_stop_scan_peek(&t)))
        t.pos++;
    if (bt_stop_scan_peek(&t) != '_' || !bt_parse_hex(t.text + start, t.pos - start, &value) ||
        !bt_stop_is_known(s->kb, value))
        return false;
    found.code = (uint32_t)value;
    t.pos++;
    take_bucket_subcode(&t, &found);
    while (bt_stop_scan_is_word(bt_stop_scan_peek(&t)))
        t.pos++;
    found.end = t.pos;
    *ret = found;
    return true;
}

// --- Forms of prose: a word, a code, a list

// The words that announce a code; what may stand between them and it.
static bool take_announcement(struct bt_stop_scan *s, const char **form)
{
    static const char *const fillers[] = {"msg",    "message", "messages", "code",
                                          "screen", "error",   "was",      "check"};
    if (bt_stop_scan_take(s, "stop")) {
        *form = "blue screen";
        // "STOP1E:" needs no blank; "stopped" is not meant.
        if (bt_is_alpha(bt_stop_scan_peek(s)) && !bt_is_hex(bt_stop_scan_peek(s)))
            return false;
    } else if (bt_stop_scan_take_word(s, "bugcheck") || bt_stop_scan_take_word(s, "bug")) {
        *form = "bug check";
    } else if (bt_stop_scan_take_word(s, "fatal system error") ||
               bt_stop_scan_take_word(s, "trap") || bt_stop_scan_take_word(s, "bluescreen") ||
               bt_stop_scan_take_word(s, "bsod")) {
        *form = "blue screen";
    } else {
        return false;
    }
    for (unsigned step = 0; step < 4; step++) {
        bt_stop_scan_skip(s, " \t\r\n:;#-\"*.,");
        bool taken = false;
        for (size_t i = 0; i < BT_COUNT(fillers) && !taken; i++)
            taken = bt_stop_scan_take_word(s, fillers[i]);
        if (!taken)
            break;
    }
    return true;
}

static bool has_name_next(const struct bt_stop_scan *s)
{
    size_t i = s->pos;
    while (i < s->size && strchr(" \t\r\n(:-", s->text[i]) != NULL && s->text[i] != '\0')
        i++;
    size_t start = i;
    while (i < s->size && bt_stop_scan_is_word(s->text[i]))
        i++;
    uint32_t code;
    return i > start && bt_stop_by_name(s->kb, s->text + start, i - start, &code);
}

static bool find_name(const struct bt_kb *kb, const char *name, size_t size, uint32_t *ret)
{
    return bt_stop_by_name(kb, name, size, ret) || bt_stop_by_similar_name(kb, name, size, ret);
}

// New screens write the name with or without underscores: "Stop code: MEMORY MANAGEMENT". Other
// words may follow it.
static bool read_announced_name(struct bt_stop_scan t, struct bt_stop_text *found,
                                struct bt_stop_text *ret)
{
    enum { WORDS_MAX = 10 };
    const size_t start = t.pos;
    size_t ends[WORDS_MAX];
    size_t words = 0;
    while (words < WORDS_MAX && bt_stop_scan_is_word(bt_stop_scan_peek(&t))) {
        while (bt_stop_scan_is_word(bt_stop_scan_peek(&t)))
            t.pos++;
        ends[words++] = t.pos;
        bt_stop_scan_skip(&t, " ");
    }
    while (words > 0 && !find_name(t.kb, t.text + start, ends[words - 1] - start, &found->code))
        words--;
    if (words == 0)
        return false;
    found->end = ends[words - 1];
    *ret = *found;
    return true;
}

// "Stop 7F" and nothing else.
static bool is_all_there_is(const struct bt_stop_scan *start, const struct bt_stop_scan *end,
                            uint32_t code)
{
    struct bt_stop_scan t = *end;
    bt_stop_scan_skip(&t, " \t\r\n.!");
    return start->pos == 0 && t.pos == t.size && bt_stop_is_known(start->kb, code);
}

// "STOP (0x00000050 0xe2000000 0 0 2)", "STOP error message (0xA)": code and parameters in one
// pair of parentheses.
static bool read_enclosed(struct bt_stop_scan t, struct bt_stop_text *found,
                          struct bt_stop_text *ret)
{
    struct bt_stop_number n;
    t.pos++;
    if (!bt_stop_scan_hex(&t, &n) || !n.prefixed || !bt_stop_is_known(t.kb, n.value) ||
        !bt_stop_scan_accept_code(&t, &n, found))
        return false;
    for (size_t before = 0; before != t.pos && found->count < 4;) {
        bt_stop_scan_skip(&t, " \t\r\n,");
        before = t.pos;
        (void)(bt_stop_scan_peek(&t) != ')' && bt_stop_scan_parameter(&t, found));
    }
    if (bt_stop_scan_peek(&t) != ')')
        return false;
    found->end = t.pos + 1;
    *ret = *found;
    return true;
}

static bool read_announced(const struct bt_stop_scan *s, struct bt_stop_text *ret)
{
    struct bt_stop_scan t = *s;
    struct bt_stop_number n;
    struct bt_stop_text found = {.start = s->pos};
    if (!take_announcement(&t, &found.form))
        return false;
    if (bt_stop_scan_peek(&t) == '(')
        return read_enclosed(t, &found, ret);
    if (read_bucket(&t, ret))
        return true;
    if (!bt_stop_scan_hex(&t, &n))
        return read_announced_name(t, &found, ret);
    if (!bt_stop_scan_accept_code(s, &n, &found))
        return false;
    size_t behind_code = t.pos;
    bt_stop_scan_parameters(&t, &found);
    if (found.count == 0) {
        t.pos = behind_code;
        bt_stop_scan_arguments(&t, &found);
    }
    // Two or three digits without 0x are a code only next to a list or a name: "Stop 7F (...)".
    if (!n.prefixed && n.digits < 8 && found.count == 0 && !has_name_next(&t) &&
        !is_all_there_is(s, &t, found.code))
        return false;
    found.end = t.pos;
    *ret = found;
    return true;
}

// What goes on behind a stop that was read: "STOP 0x0000000A or 0x0000001E", "0xA, 0x1E, and
// 0x50", "0xD1/0xA".
static bool read_another(const struct bt_stop_scan *s, struct bt_stop_text *ret)
{
    struct bt_stop_scan t = *s;
    struct bt_stop_number n;
    struct bt_stop_text found = {.form = "blue screen"};
    if (!bt_stop_scan_take(&t, "/") && !bt_stop_scan_and(&t) && !bt_stop_scan_is_enumeration(s))
        return false;
    bt_stop_scan_skip(&t, " \t\r\n,\"");
    found.start = t.pos;
    if (!bt_stop_scan_hex(&t, &n) || !n.prefixed || !bt_stop_is_known(s->kb, n.value) ||
        !bt_stop_scan_accept_code(s, &n, &found))
        return false;
    bt_stop_scan_parameters(&t, &found);
    found.end = t.pos;
    *ret = found;
    return true;
}

static unsigned count_known(const struct bt_stop_text *found)
{
    unsigned count = 0;
    for (unsigned i = 0; i < found->count; i++)
        count += found->known[i];
    return count;
}

// A line of its own: "0x000000D6 (p1, p2, p3, p4)" or "0000001e : p1 p2 p3 p4". With all four
// numbers in parentheses it may stand anywhere: events say it in every language.
static bool read_bare(const struct bt_stop_scan *s, bool at_line_start,
                      struct bt_stop_text *ret)
{
    struct bt_stop_scan t = *s;
    struct bt_stop_number n;
    struct bt_stop_text found = {.start = s->pos, .form = "code with parameters"};
    if (!bt_stop_scan_hex(&t, &n) || (!n.prefixed && n.digits != 8) ||
        !bt_stop_scan_accept_code(s, &n, &found))
        return false;
    struct bt_stop_scan list = t;
    bt_stop_scan_skip(&list, " \t");
    const bool enclosed = bt_stop_scan_peek(&list) == '(';
    bt_stop_scan_parameters(&t, &found);
    if (!bt_stop_is_known_raw(s->kb, found.code) || found.count < 3 ||
        (!at_line_start && !(enclosed && count_known(&found) == 4)))
        return false;
    found.end = t.pos;
    *ret = found;
    return true;
}

// "0xc000021a {Fatal System Error}", of a screen whose first word was left out.
static bool read_fatal(const struct bt_stop_scan *s, struct bt_stop_text *ret)
{
    struct bt_stop_scan t = *s;
    struct bt_stop_number n;
    struct bt_stop_text found = {.start = s->pos, .form = "blue screen"};
    if (!bt_stop_scan_hex(&t, &n) || !bt_stop_is_known(s->kb, n.value))
        return false;
    bt_stop_scan_skip(&t, " \t");
    if (!bt_stop_scan_take(&t, "{fatal system error}"))
        return false;
    found.code = (uint32_t)n.value;
    found.end = t.pos;
    *ret = found;
    return true;
}

// "DRIVER_POWER_STATE_FAILURE (9f)" of the debugger, and the name alone as new screens show it.
static bool read_name(const struct bt_stop_scan *s, struct bt_stop_text *ret)
{
    size_t i = s->pos;
    bool underscore = false;
    while (i < s->size && bt_stop_scan_is_word(s->text[i])) {
        underscore = underscore || s->text[i] == '_';
        i++;
    }
    struct bt_stop_text found = {.start = s->pos, .form = "name"};
    if (!underscore ||
        (!bt_stop_by_name(s->kb, s->text + s->pos, i - s->pos, &found.code) &&
         !bt_stop_by_similar_name(s->kb, s->text + s->pos, i - s->pos, &found.code)))
        return false;
    struct bt_stop_scan t = *s;
    struct bt_stop_number n;
    t.pos = i;
    bt_stop_scan_skip(&t, " ");
    if (bt_stop_scan_peek(&t) == '(') {
        t.pos++;
        if (bt_stop_scan_hex(&t, &n) && bt_stop_scan_peek(&t) == ')') {
            t.pos++;
            found.form = "debugger";
            (void)bt_stop_scan_accept_code(s, &n, &found);
            bt_stop_scan_arguments(&t, &found);
            i = t.pos;
        } else {
            // "0x124 WHEA_UNCORRECTABLE_ERROR (0x0, ...)": the list stands behind the name.
            t.pos = i;
            bt_stop_scan_parameters(&t, &found);
            i = t.pos;
        }
    }
    found.end = i;
    *ret = found;
    return true;
}

static bool read_here(const struct bt_stop_scan *s, bool at_line_start,
                      struct bt_stop_text *ret)
{
    return bt_stop_scan_keyed_forms(s, ret) || read_bucket(s, ret) || read_announced(s, ret) ||
           read_name(s, ret) || read_fatal(s, ret) || read_bare(s, at_line_start, ret);
}

bool bt_stop_text_next(const struct bt_kb *kb, const char *text, size_t size, size_t *at,
                       struct bt_stop_text *ret)
{
    bool line_start = true;
    struct bt_stop_scan behind = {.kb = kb, .text = text, .size = size, .pos = *at};
    if (*at != 0 && read_another(&behind, ret)) {
        *at = ret->end;
        return true;
    }
    for (size_t i = *at; i < size; i++) {
        char before = i == 0 ? '\n' : text[i - 1];
        if (before == '\n')
            line_start = true;
        if (!bt_stop_scan_is_word(before)) {
            struct bt_stop_scan s = {.kb = kb, .text = text, .size = size, .pos = i};
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
