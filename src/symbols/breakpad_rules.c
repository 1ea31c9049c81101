// SPDX-License-Identifier: MIT
#include "symbols/breakpad_rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "symbols/breakpad.h"
#include "symbols/table.h"

enum { STACK_DEPTH = 32, MOST_CHANGES = 4096 };

static bool is_name(struct bt_breakpad_word word)
{
    return word.size > 1 && word.text[word.size - 1] == ':';
}

// Puts a rule in the place of the one for the same register.
static enum bt_status set_rule(struct bt_unwind_rules *rules, struct bt_breakpad_word name,
                               const char *expression, size_t size, struct bt_arena *arena,
                               struct bt_error *err)
{
    struct bt_unwind_rule rule;
    size_t dollar = name.text[0] == '$' ? 1 : 0;
    BT_TRY(bt_arena_text(arena, name.text + dollar, name.size - dollar - 1, &rule.name, err));
    BT_TRY(bt_arena_text(arena, expression, size, &rule.expression, err));
    for (size_t i = 0; i < rules->count; i++) {
        if (strcmp(rules->items[i].name, rule.name) == 0) {
            rules->items[i] = rule;
            return BT_OK;
        }
    }
    if (rules->count < BT_UNWIND_RULES)
        rules->items[rules->count++] = rule;
    return BT_OK;
}

// "name: expression name: expression ..."
static enum bt_status read_rules(const char *text, struct bt_arena *arena,
                                 struct bt_unwind_rules *rules, struct bt_error *err)
{
    struct bt_breakpad_word name = bt_breakpad_word(&text);
    while (is_name(name)) {
        const char *expression = text;
        struct bt_breakpad_word word;
        const char *end = text;
        do {
            end = text;
            word = bt_breakpad_word(&text);
        } while (word.size != 0 && !is_name(word));
        BT_TRY(set_rule(rules, name, expression, (size_t)(end - expression), arena, err));
        name = word;
    }
    return BT_OK;
}

// The lines after the first one change rules from an address on.
static enum bt_status read_changes(struct bt_breakpad_lines *lines, uint64_t rva,
                                   struct bt_arena *arena, struct bt_unwind_rules *rules,
                                   struct bt_error *err)
{
    for (unsigned i = 0; i < MOST_CHANGES; i++) {
        const char *text;
        uint64_t from;
        enum bt_status st = bt_breakpad_next_line(lines, err);
        if (st == BT_ABSENT)
            return BT_OK;
        BT_TRY(st);
        if (bt_breakpad_is(lines->text, "STACK CFI INIT", &text) ||
            !bt_breakpad_is(lines->text, "STACK CFI", &text) ||
            !bt_breakpad_hex(&text, &from) || from > rva)
            return BT_OK;
        BT_TRY(read_rules(text, arena, rules, err));
    }
    return BT_OK;
}

static enum bt_status read_all(struct bt_breakpad_lines *lines, uint64_t rva,
                               struct bt_arena *arena, struct bt_unwind_rules *rules,
                               struct bt_error *err)
{
    const char *text;
    uint64_t start, size;
    BT_TRY(bt_breakpad_next_line(lines, err));
    if (!bt_breakpad_is(lines->text, "STACK CFI INIT", &text) ||
        !bt_breakpad_hex(&text, &start) || !bt_breakpad_hex(&text, &size))
        return BT_ABSENT;
    BT_TRY(read_rules(text, arena, rules, err));
    return read_changes(lines, rva, arena, rules, err);
}

static enum bt_status find_rules(struct bt_breakpad *breakpad, uint64_t rva,
                                 struct bt_arena *arena, struct bt_unwind_rules *ret,
                                 struct bt_error *err)
{
    BT_TRY(bt_breakpad_index(breakpad, err));
    const struct bt_named_address *found = bt_name_list_find(&breakpad->rules, rva, 0);
    if (found == NULL)
        return BT_ABSENT;
    struct bt_unwind_rules rules = {.count = 0};
    struct bt_breakpad_lines *lines = bt_breakpad_lines_new(breakpad->source, found->name, err);
    if (lines == NULL)
        return BT_E_NOMEM;
    enum bt_status st = read_all(lines, rva, arena, &rules, err);
    free(lines);
    if (st == BT_OK)
        *ret = rules;
    return st;
}

enum bt_status bt_symbol_table_rules(struct bt_symbol_table *table, uint64_t rva,
                                     struct bt_arena *arena, struct bt_unwind_rules *ret,
                                     struct bt_error *err)
{
    BT_TRY(bt_symbol_table_open(table, err));
    if (table->breakpad != NULL) {
        enum bt_status st = find_rules(table->breakpad, rva, arena, ret, err);
        if (st == BT_OK || st == BT_E_NOMEM)
            return st;
    }
    return bt_cfi_rules(bt_symbol_table_cfi(table), rva, arena, ret, err);
}

static const char *rule_for(const struct bt_unwind_rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (strcmp(rules->items[i].name, name) == 0)
            return rules->items[i].expression;
    }
    return NULL;
}

// One evaluation: of an expression that may name ".cfa", whose value is then known.
struct machine {
    bt_register_reader *read;
    void *self;
    const struct bt_memory *memory;
    const uint64_t *cfa; // NULL: not known yet
    uint64_t stack[STACK_DEPTH];
    size_t depth;
};

static bool push(struct machine *m, uint64_t value)
{
    if (m->depth == STACK_DEPTH)
        return false;
    m->stack[m->depth++] = m->memory->is64 ? value : (uint32_t)value;
    return true;
}

// The operators take one or two values.
static bool operate(struct machine *m, char operator)
{
    bt_va pointed;
    if (operator== '^') {
        if (m->depth < 1 ||
            bt_memory_pointer(m->memory, m->stack[m->depth - 1], &pointed, NULL) != BT_OK)
            return false;
        m->stack[m->depth - 1] = pointed;
        return true;
    }
    if (m->depth < 2)
        return false;
    uint64_t b = m->stack[--m->depth], a = m->stack[--m->depth];
    switch (operator) {
    case '+':
        return push(m, a + b);
    case '-':
        return push(m, a - b);
    case '*':
        return push(m, a * b);
    case '/':
        return b != 0 && push(m, a / b);
    case '%':
        return b != 0 && push(m, a % b);
    case '@': // rounds down to a multiple of a power of two
        return b != 0 && (b & (b - 1)) == 0 && push(m, a & ~(b - 1));
    default:
        return false;
    }
}

static bool is_operator(struct bt_breakpad_word word)
{
    return word.size == 1 && strchr("+-*/%@^", word.text[0]) != NULL;
}

static bool push_word(struct machine *m, struct bt_breakpad_word word)
{
    char name[16];
    uint64_t value;
    if (is_operator(word))
        return operate(m, word.text[0]);
    bool negative = word.size > 1 && word.text[0] == '-';
    if (bt_is_digit(word.text[negative]))
        return bt_parse_u64(word.text + negative, word.size - negative, &value) &&
               push(m, negative ? 0 - value : value);
    if (word.size >= sizeof name)
        return false;
    memcpy(name, word.text, word.size);
    name[word.size] = '\0';
    if (strcmp(name, ".cfa") == 0)
        return m->cfa != NULL && push(m, *m->cfa);
    return m->read(m->self, name[0] == '$' ? name + 1 : name, &value) && push(m, value);
}

static bool evaluate(struct machine *m, const char *expression, uint64_t *ret)
{
    for (;;) {
        struct bt_breakpad_word word = bt_breakpad_word(&expression);
        if (word.size == 0)
            break;
        if (!push_word(m, word))
            return false;
    }
    if (m->depth != 1)
        return false;
    *ret = m->stack[0];
    return true;
}

enum bt_status bt_unwind_rules_apply(const struct bt_unwind_rules *rules, const char *name,
                                     bt_register_reader *read, void *self,
                                     const struct bt_memory *memory, uint64_t *ret,
                                     struct bt_error *err)
{
    struct machine m = {.read = read, .self = self, .memory = memory};
    const char *cfa_rule = rule_for(rules, ".cfa"), *rule = rule_for(rules, name);
    uint64_t cfa;
    if (cfa_rule == NULL || rule == NULL || !evaluate(&m, cfa_rule, &cfa))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "no rule gives %s", name);
    if (strcmp(name, ".cfa") == 0) {
        *ret = cfa;
        return BT_OK;
    }
    m = (struct machine){.read = read, .self = self, .memory = memory, .cfa = &cfa};
    if (!evaluate(&m, rule, ret))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the rule for %s needs what is not there",
                       name);
    return BT_OK;
}
