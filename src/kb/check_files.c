// SPDX-License-Identifier: MIT
//
// Files that one condition of a rule wants to be there and another one away.
#include <string.h>

#include "base/text.h"
#include "kb/parse_expr.h"

// The next name of the condition's text from `at` up to `end`: what stands in quotes, or bare
// with an extension.
static bool next_name(const struct bt_kb_parsed *parsed, uint32_t end, uint32_t *at,
                      struct bt_kb_file_demand *ret)
{
    static const char around[] = "\"'(), \t\n";
    const char *text = parsed->source;
    while (*at < end) {
        uint32_t start = *at;
        while (*at < end && strchr(around, text[*at]) == NULL)
            (*at)++;
        if (*at > start && memchr(&text[start], '.', *at - start) != NULL) {
            *ret = (struct bt_kb_file_demand){.name = &text[start], .size = *at - start};
            return true;
        }
        while (*at < end && strchr(around, text[*at]) != NULL)
            (*at)++;
    }
    return false;
}

static const struct bt_kb_file_demand *find_demand(const struct bt_kb_file_demands *demands,
                                                   const struct bt_kb_file_demand *name)
{
    for (size_t i = 0; i < demands->count; i++) {
        const struct bt_kb_file_demand *d = &demands->items[i];
        if (d->size == name->size && bt_ieq_n(d->name, name->name, d->size))
            return d;
    }
    return NULL;
}

// What a condition says of the files in its list: any one of them is there, or none is.
enum meaning { NOTHING, PRESENT, AWAY };

static enum meaning meaning_of(const struct bt_kb_parsed *parsed,
                               const struct bt_kb_parsed_node *node)
{
    enum bt_kb_op op = node->op;
    if (op == BT_KB_OP_NOT)
        return parsed->nodes[node->a].op == BT_KB_OP_LOADED ? AWAY : NOTHING;
    if (bt_kb_op_is_comparison(op) && op != BT_KB_OP_NE)
        op = parsed->nodes[node->a].op;
    switch (op) {
    case BT_KB_OP_LOADED:
    case BT_KB_OP_ON_STACK:
    case BT_KB_OP_FAULT_IN:
    case BT_KB_OP_IN_MODULE:
    case BT_KB_OP_FILE_VERSION:
    case BT_KB_OP_FILE_BUILT:
    case BT_KB_OP_FILE_STAMP:
    case BT_KB_OP_FAULT_OFFSET:
    case BT_KB_OP_OFFSET_IN:
        return PRESENT;
    default:
        return NOTHING;
    }
}

// Whether what is demanded already leaves nothing that this could hold for.
static bool is_contradicted(const struct bt_kb_parsed *parsed,
                            const struct bt_kb_parsed_node *node, enum meaning meaning,
                            const struct bt_kb_file_demands *demands)
{
    struct bt_kb_file_demand name;
    size_t names = 0, away = 0, present = 0;
    for (uint32_t at = node->start; next_name(parsed, node->end, &at, &name); names++) {
        const struct bt_kb_file_demand *known = find_demand(demands, &name);
        away += known != NULL && known->away;
        present += known != NULL && !known->away;
    }
    return names != 0 && (meaning == PRESENT ? away == names : present != 0);
}

// Of several files any one is enough, so that none of them is certain to be there.
static void add_demands(const struct bt_kb_parsed *parsed, const struct bt_kb_parsed_node *node,
                        enum meaning meaning, struct bt_kb_file_demands *demands)
{
    struct bt_kb_file_demand name, second;
    uint32_t at = node->start;
    if (!next_name(parsed, node->end, &at, &name))
        return;
    uint32_t behind = at;
    if (meaning == PRESENT && next_name(parsed, node->end, &behind, &second))
        return;
    do {
        name.away = meaning == AWAY;
        if (demands->count < BT_COUNT(demands->items) && find_demand(demands, &name) == NULL)
            demands->items[demands->count++] = name;
    } while (next_name(parsed, node->end, &at, &name));
}

void bt_kb_check_files(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                       uint32_t root, struct bt_kb_file_demands *demands)
{
    uint32_t parts[BT_LIMIT_EXPRESSION_NODES];
    size_t count = bt_kb_split(parsed, BT_KB_OP_AND, root, parts);
    for (size_t i = 0; i < count; i++) {
        const struct bt_kb_parsed_node *node = &parsed->nodes[parts[i]];
        enum meaning meaning = meaning_of(parsed, node);
        if (meaning == NOTHING)
            continue;
        if (is_contradicted(parsed, node, meaning, demands)) {
            bt_kb_complain_impossible(c, parsed, node,
                                      meaning == PRESENT
                                          ? "is of a file that is not loaded, as is demanded "
                                            "before: take one of the two out"
                                          : "is of a file that is demanded before: take one of "
                                            "the two out");
            return;
        }
        add_demands(parsed, node, meaning, demands);
    }
}
