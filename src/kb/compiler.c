// SPDX-License-Identifier: MIT
//
// Reading values out of a YAML tree, with complaints that name the place.
#include "kb/compiler.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "kb/words.h"

struct bt_kb_place bt_kb_place_of(const struct bt_kb_compiler *c,
                                  const struct bt_yaml_node *node)
{
    return (struct bt_kb_place){.file = c->file, .line = node->line, .column = node->column};
}

struct bt_kb_place bt_kb_key_place_of(const struct bt_kb_compiler *c,
                                      const struct bt_yaml_node *node)
{
    return (struct bt_kb_place){
        .file = c->file, .line = node->key_line, .column = node->key_column};
}

// Lists of up to so many words are told whole where no word is similar.
enum { SHORT_LIST = 11 };

void bt_kb_complain_unknown(struct bt_kb_compiler *c, struct bt_kb_place place,
                            const char *what, const char *text, const struct bt_kb_words *words)
{
    const char *suggestion = bt_kb_word_suggest(words, text);
    if (suggestion != NULL) {
        bt_kb_complain(c->diagnostics, place, "unknown %s \"%s\"; did you mean \"%s\"?", what,
                       text, suggestion);
        return;
    }
    if (bt_is_digit(text[0]) && strspn(text, "0123456789") == strlen(text)) {
        bt_kb_complain(c->diagnostics, place,
                       "unknown %s \"%s\": a number is written without commas, a version "
                       "with points",
                       what, text);
        return;
    }
    struct bt_buf known;
    bt_buf_init(&known, 1024);
    for (size_t i = 0; i < words->count && words->count <= SHORT_LIST; i++)
        bt_buf_printf(&known, "%s%s", i == 0 ? ": known are " : ", ", words->items[i]);
    bt_kb_complain(c->diagnostics, place, "unknown %s \"%s\"%s", what, text,
                   bt_buf_cstr(&known));
    bt_buf_fini(&known);
}

bool bt_kb_check_mapping(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                         const char *what, const struct bt_kb_words *keys)
{
    if (node->kind != BT_YAML_MAPPING) {
        BT_KB_COMPLAIN(c, node, "%s is written as keys with values: \"%s: ...\"", what,
                       keys->items[0]);
        return false;
    }
    for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next) {
        size_t index = 0;
        if (!bt_kb_word_find(keys, n->key, &index) || strcmp(keys->items[index], n->key) != 0)
            bt_kb_complain_unknown(c, bt_kb_key_place_of(c, n), "key", n->key, keys);
    }
    return true;
}

const char *bt_kb_read_text(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    if (node == NULL)
        return NULL;
    if (node->kind != BT_YAML_SCALAR) {
        BT_KB_COMPLAIN(c, node, "a text is expected here");
        return NULL;
    }
    size_t size = strlen(node->text);
    while (size > 0 && bt_is_space(node->text[size - 1]))
        size--;
    if (size == 0) {
        BT_KB_COMPLAIN(c, node, "the text is empty: leave the key out where nothing is known");
        return NULL;
    }
    const char *text = NULL;
    if (bt_arena_text(c->file_arena, node->text, size, &text, NULL) != BT_OK)
        c->out_of_memory = true;
    return text;
}

const char *bt_kb_need_text(struct bt_kb_compiler *c, const struct bt_yaml_node *mapping,
                            const char *key)
{
    const struct bt_yaml_node *node = bt_yaml_get(mapping, key);
    if (node == NULL)
        BT_KB_COMPLAIN(c, mapping, "key \"%s\" is missing", key);
    return bt_kb_read_text(c, node);
}

bool bt_kb_read_word(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                     const char *what, const struct bt_kb_words *words, size_t *ret)
{
    const char *text = bt_kb_read_text(c, node);
    if (text == NULL)
        return false;
    if (bt_kb_word_find(words, text, ret))
        return true;
    bt_kb_complain_unknown(c, bt_kb_place_of(c, node), what, text, words);
    return false;
}

bool bt_kb_read_bool(struct bt_kb_compiler *c, const struct bt_yaml_node *node, bool *ret)
{
    const char *text = bt_kb_read_text(c, node);
    if (text == NULL)
        return false;
    bool yes = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "no") != 0 && strcmp(text, "false") != 0) {
        BT_KB_COMPLAIN(c, node, "yes or no is expected here, not \"%s\"", text);
        return false;
    }
    *ret = yes;
    return true;
}

bool bt_kb_read_number(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                       uint64_t limit, uint64_t *ret)
{
    const char *text = bt_kb_read_text(c, node);
    uint64_t value = 0;
    if (text == NULL)
        return false;
    if (!bt_parse_u64(text, strlen(text), &value)) {
        BT_KB_COMPLAIN(c, node, "a number is expected here (312, 0x10), not \"%s\"", text);
        return false;
    }
    if (value > limit) {
        BT_KB_COMPLAIN(c, node, "%s is too large", text);
        return false;
    }
    *ret = value;
    return true;
}

bool bt_kb_parse_value(struct bt_kb_compiler *c, const char *text, uint64_t *ret)
{
    uint32_t status = 0;
    if (bt_parse_u64(text, strlen(text), ret))
        return true;
    if (!bt_kb_status_value(c, text, &status))
        return false;
    *ret = status;
    return true;
}

bool bt_kb_read_range(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                      uint64_t *ret_low, uint64_t *ret_high)
{
    const char *text = bt_kb_read_text(c, node);
    if (text == NULL)
        return false;
    const char *dots = strstr(text, "..");
    size_t first = dots != NULL ? (size_t)(dots - text) : strlen(text);
    bool good = false;
    if (dots != NULL)
        good = bt_parse_u64(text, first, ret_low) &&
               bt_parse_u64(&dots[2], strlen(&dots[2]), ret_high);
    else if (bt_kb_parse_value(c, text, ret_low)) {
        *ret_high = *ret_low;
        good = true;
    }
    if (!good) {
        BT_KB_COMPLAIN(c, node,
                       "a number, a range (0x1..0x5) or the name of a status is expected here, "
                       "not \"%s\"",
                       text);
        return false;
    }
    if (*ret_high < *ret_low) {
        BT_KB_COMPLAIN(c, node, "the range %s is empty", text);
        return false;
    }
    return true;
}

static void add_text(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    const char *text = bt_kb_read_text(c, node);
    if (text == NULL)
        return;
    uint32_t row[TEXT_LIST_WORDS] = {bt_kb_writer_text(&c->writer, text)};
    bt_kb_writer_row(&c->writer, BT_KB_TEXT_LIST, row);
}

void bt_kb_read_texts(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                      uint32_t *words, unsigned word)
{
    uint32_t first = c->writer.rows[BT_KB_TEXT_LIST];
    if (node != NULL && node->kind == BT_YAML_SEQUENCE) {
        if (node->count > BT_LIMIT_KB_LIST)
            BT_KB_COMPLAIN(c, node, "more than %u entries", BT_LIMIT_KB_LIST);
        for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
            add_text(c, n);
    } else if (node != NULL) {
        add_text(c, node);
    }
    bt_kb_put_list(&c->writer, words, word, BT_KB_TEXT_LIST, first);
}

const char *bt_kb_clean_file(struct bt_kb_compiler *c, struct bt_kb_place place,
                             const char *text)
{
    size_t size = strlen(text);
    char *copy = NULL;
    if (bt_basename(text) != text) {
        bt_kb_complain(c->diagnostics, place, "\"%s\": a file name without its path is meant",
                       text);
        return NULL;
    }
    if (strchr(text, '.') == NULL) {
        bt_kb_complain(c->diagnostics, place, "\"%s\" has no extension: \"%s.sys\"?", text,
                       text);
        return NULL;
    }
    if (bt_arena_alloc(c->file_arena, size + 1, 1, &copy, NULL) != BT_OK) {
        c->out_of_memory = true;
        return NULL;
    }
    for (size_t i = 0; i < size; i++)
        copy[i] = bt_lower(text[i]);
    return copy;
}
