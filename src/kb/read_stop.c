// SPDX-License-Identifier: MIT
//
// Source files of stop codes: stops/0x0000000a.yaml.
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kb/compiler.h"
#include "kb/words.h"

static const char *const stop_key_items[] = {
    "code", "name", "also", "says", "class", "blame", "live", "check", "parameters", "values",
};
static const struct bt_kb_words stop_keys = {stop_key_items, BT_COUNT(stop_key_items)};

static const char *const parameter_key_items[] = {"p", "is", "kind", "when"};
static const struct bt_kb_words parameter_keys = {parameter_key_items,
                                                  BT_COUNT(parameter_key_items)};

static const char *const value_key_items[] = {
    "p", "table", "value", "mask", "symbol", "means", "parameters", "when", "blame",
};
static const struct bt_kb_words value_keys = {value_key_items, BT_COUNT(value_key_items)};

static bool read_p(struct bt_kb_compiler *c, const struct bt_yaml_node *node, uint32_t *ret)
{
    uint64_t p = 0;
    if (!bt_kb_read_number(c, node, 4, &p))
        return false;
    if (p == 0) {
        BT_KB_COMPLAIN(c, node, "parameters are numbered 1 to 4");
        return false;
    }
    *ret = (uint32_t)p;
    return true;
}

static void read_parameter(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    uint32_t row[PARAMETER_WORDS] = {0};
    size_t kind = 0;
    if (!bt_kb_check_mapping(c, node, "a parameter", &parameter_keys))
        return;
    const struct bt_yaml_node *p = bt_yaml_get(node, "p"), *k = bt_yaml_get(node, "kind");
    if (p == NULL || k == NULL) {
        BT_KB_COMPLAIN(c, node, "a parameter needs the keys \"p\", \"is\" and \"kind\"");
        return;
    }
    if (!read_p(c, p, &row[PARAMETER_P]) ||
        !bt_kb_read_word(c, k, "kind", &bt_kb_parameter_kinds, &kind))
        return;
    row[PARAMETER_IS] = bt_kb_writer_text(&c->writer, bt_kb_need_text(c, node, "is"));
    row[PARAMETER_KIND] = bt_kb_writer_text(&c->writer, bt_kb_parameter_kinds.items[kind]);
    row[PARAMETER_WHEN] = bt_kb_read_expr(c, bt_yaml_get(node, "when"), BT_KB_USE_WHEN);
    if (row[PARAMETER_IS] != 0)
        bt_kb_writer_row(&c->writer, BT_KB_PARAMETERS, row);
}

static void read_parameters(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                            uint32_t *words, unsigned word)
{
    uint32_t first = c->writer.rows[BT_KB_PARAMETERS];
    if (node != NULL && (node->kind != BT_YAML_SEQUENCE || node->count > BT_LIMIT_KB_LIST))
        BT_KB_COMPLAIN(c, node, "a list of parameters is expected here");
    else if (node != NULL) {
        for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
            read_parameter(c, n);
    }
    bt_kb_put_list(&c->writer, words, word, BT_KB_PARAMETERS, first);
}

// Which parameter, or which table, a value belongs to.
static bool read_owner(struct bt_kb_compiler *c, const struct bt_yaml_node *node, uint32_t *row)
{
    const struct bt_yaml_node *p = bt_yaml_get(node, "p"), *table = bt_yaml_get(node, "table");
    if ((p == NULL) == (table == NULL)) {
        BT_KB_COMPLAIN(c, node, "a value has either \"p\" or \"table\"");
        return false;
    }
    if (p != NULL)
        return read_p(c, p, &row[VALUE_P]);
    row[VALUE_TABLE] = bt_kb_writer_text(&c->writer, bt_kb_read_text(c, table));
    return row[VALUE_TABLE] != 0;
}

static uint32_t read_choice(struct bt_kb_compiler *c, const struct bt_yaml_node *root,
                            const char *key, const struct bt_kb_words *words)
{
    const struct bt_yaml_node *node = bt_yaml_get(root, key);
    size_t index = 0;
    if (node == NULL) {
        BT_KB_COMPLAIN(c, root, "key \"%s\" is missing", key);
        return 0;
    }
    if (!bt_kb_read_word(c, node, key, words, &index))
        return 0;
    return bt_kb_writer_text(&c->writer, words->items[index]);
}

static void read_value(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    uint32_t row[VALUE_WORDS] = {0};
    uint64_t low = 0, high = 0, mask = UINT64_MAX;
    if (!bt_kb_check_mapping(c, node, "a value", &value_keys) || !read_owner(c, node, row))
        return;
    const struct bt_yaml_node *value = bt_yaml_get(node, "value");
    const struct bt_yaml_node *m = bt_yaml_get(node, "mask");
    if (value == NULL) {
        BT_KB_COMPLAIN(c, node, "key \"value\" is missing");
        return;
    }
    if (!bt_kb_read_range(c, value, &low, &high) ||
        (m != NULL && !bt_kb_read_number(c, m, UINT64_MAX, &mask)))
        return;
    if ((low & ~mask) != 0)
        BT_KB_COMPLAIN(c, value, "the value has bits outside of its mask: it can never match");
    bt_kb_put_wide(row, VALUE_VALUE, low);
    bt_kb_put_wide(row, VALUE_END, high);
    bt_kb_put_wide(row, VALUE_MASK, mask);
    row[VALUE_MEANS] = bt_kb_writer_text(&c->writer, bt_kb_need_text(c, node, "means"));
    row[VALUE_SYMBOL] =
        bt_kb_writer_text(&c->writer, bt_kb_read_text(c, bt_yaml_get(node, "symbol")));
    row[VALUE_WHEN] = bt_kb_read_expr(c, bt_yaml_get(node, "when"), BT_KB_USE_WHEN);
    if (bt_yaml_get(node, "blame") != NULL)
        row[VALUE_BLAME] = read_choice(c, node, "blame", &bt_kb_blames);
    read_parameters(c, bt_yaml_get(node, "parameters"), row, VALUE_PARAMETERS);
    if (row[VALUE_MEANS] != 0)
        bt_kb_writer_row(&c->writer, BT_KB_VALUES, row);
}

static void read_values(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                        uint32_t *words)
{
    uint32_t first = c->writer.rows[BT_KB_VALUES];
    if (node != NULL && (node->kind != BT_YAML_SEQUENCE || node->count > BT_LIMIT_KB_LIST))
        BT_KB_COMPLAIN(c, node, "a list of values is expected here");
    else if (node != NULL) {
        for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
            read_value(c, n);
    }
    bt_kb_put_list(&c->writer, words, STOP_VALUES, BT_KB_VALUES, first);
}

void bt_kb_read_stop(struct bt_kb_compiler *c, const struct bt_yaml_node *root)
{
    uint32_t row[STOP_WORDS] = {0};
    uint64_t code = 0;
    bool live = false;
    const struct bt_yaml_node *code_node = bt_yaml_get(root, "code");
    if (!bt_kb_check_mapping(c, root, "a stop code", &stop_keys) ||
        !bt_kb_read_number(c, code_node, UINT32_MAX, &code))
        return;
    row[STOP_CODE] = (uint32_t)code;
    row[STOP_NAME] = bt_kb_writer_text(&c->writer, bt_kb_need_text(c, root, "name"));
    row[STOP_SAYS] =
        bt_kb_writer_text(&c->writer, bt_kb_read_text(c, bt_yaml_get(root, "says")));
    row[STOP_CLASS] = read_choice(c, root, "class", &bt_kb_stop_classes);
    row[STOP_BLAME] = read_choice(c, root, "blame", &bt_kb_blames);
    bt_kb_read_bool(c, bt_yaml_get(root, "live"), &live);
    row[STOP_LIVE] = live;
    bt_kb_read_texts(c, bt_yaml_get(root, "also"), row, STOP_ALSO);
    bt_kb_read_texts(c, bt_yaml_get(root, "check"), row, STOP_CHECK);
    read_parameters(c, bt_yaml_get(root, "parameters"), row, STOP_PARAMETERS);
    read_values(c, bt_yaml_get(root, "values"), row);
    row[STOP_SOURCE] = bt_kb_writer_text(&c->writer, c->source);
    row[STOP_LINE] = code_node->line;
    if (row[STOP_NAME] != 0 && row[STOP_CLASS] != 0 && row[STOP_BLAME] != 0)
        bt_kb_stage_row(c, BT_KB_STOPS, NULL, bt_kb_place_of(c, code_node), row);
}
