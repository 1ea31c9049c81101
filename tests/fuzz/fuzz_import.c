// SPDX-License-Identifier: MIT
//
// Any bytes as the text of a vendor's article: what the importer drafts is YAML with the keys
// that it writes itself, each once, and the lines that it names are lines of the text.
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "kb/import/import.h"
#include "kb/yaml_tree.h"

#include "fuzz_check.h"

static const struct bt_kb *knowledge(void)
{
    static struct bt_kb *kb;
    if (kb == NULL) {
        kb = bt_kb_new();
        require(kb != NULL && bt_kb_add_builtin(kb, NULL) == BT_OK);
    }
    return kb;
}

static bool is_own_key(const char *key)
{
    static const char *const keys[] = {"id", "title", "applies", "stop", "fix"};
    for (size_t i = 0; i < BT_COUNT(keys); i++) {
        if (strcmp(key, keys[i]) == 0)
            return true;
    }
    return false;
}

static void check_line(uint32_t line, size_t lines)
{
    require(line >= 1 && line <= lines);
}

static void check_lines(const struct bt_import_draft *draft, size_t lines)
{
    for (size_t i = 0; i < draft->stop_count; i++)
        check_line(draft->stops[i].line, lines);
    for (size_t i = 0; i < draft->driver_count; i++)
        check_line(draft->drivers[i].line, lines);
    for (size_t i = 0; i < draft->file_count; i++)
        check_line(draft->files[i].line, lines);
    for (size_t i = 0; i < draft->section_count; i++) {
        check_line(draft->sections[i].first_line, lines);
        check_line(draft->sections[i].last_line, lines);
        require(draft->sections[i].first_line <= draft->sections[i].last_line);
    }
}

static void check_draft(const struct bt_import_draft *draft, struct bt_arena *arena)
{
    struct bt_buf text;
    struct bt_kb_diagnostics diagnostics;
    struct bt_yaml_node *root;
    bt_buf_init(&text, BT_LIMIT_SOURCE_FILE);
    bt_kb_diagnostics_init(&diagnostics);
    bt_import_write(draft, &text);
    check_text(bt_buf_cstr(&text));
    struct bt_span bytes = {.data = (const uint8_t *)bt_buf_cstr(&text), .size = text.size};
    require(bt_yaml_parse(bytes, "draft", arena, &diagnostics, &root, NULL) == BT_OK);
    require(root != NULL && root->kind == BT_YAML_MAPPING);
    for (const struct bt_yaml_node *node = root->first; node != NULL; node = node->next)
        require(is_own_key(node->key));
    require(bt_yaml_get(root, "id") != NULL && bt_yaml_get(root, "title") != NULL);
    bt_kb_diagnostics_fini(&diagnostics);
    bt_buf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct bt_import_draft draft;
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    struct bt_span text = {.data = data, .size = size};
    size_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    require(arena != NULL);
    if (bt_import_read(knowledge(), text, arena, &draft, NULL) == BT_OK) {
        check_lines(&draft, lines);
        check_draft(&draft, arena);
    }
    bt_arena_free(arena);
    return 0;
}
