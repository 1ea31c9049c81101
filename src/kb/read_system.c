// SPDX-License-Identifier: MIT
//
// Systems in the sources of articles, written into the image.
#include <string.h>

#include "kb/compiler.h"
#include "kb/system.h"

bool bt_kb_read_system(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                       struct bt_kb_system *ret)
{
    const char *text = bt_kb_read_text(c, node);
    char bad[BT_KB_BAD_WORD_SIZE];
    if (text == NULL)
        return false;
    if (bt_kb_parse_system(text, ret, bad))
        return true;
    if (bad[0] == '\0')
        bt_kb_complain_unknown(c, bt_kb_place_of(c, node), "system", text,
                               bt_kb_system_lines());
    else
        BT_KB_COMPLAIN(c, node, "\"%s\" is not understood in \"%s\"", bad, text);
    return false;
}

static uint32_t number_of(struct bt_opt32 value)
{
    return value.known ? value.value : BT_KB_NONE;
}

// "latest" says what is known of a fix; nothing else can be true of "the latest" of anything.
static void check_latest(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                         const struct bt_kb_system *system, unsigned word)
{
    if (system->latest && word != ARTICLE_FIXED_IN)
        BT_KB_COMPLAIN(c, node, "\"latest\" is for \"fixed-in\" only: name the service packs");
}

static void write_system(struct bt_kb_compiler *c, const struct bt_kb_system *system)
{
    uint32_t row[SYSTEM_WORDS] = {
        [SYSTEM_TEXT] = bt_kb_writer_text(&c->writer, system->text),
        [SYSTEM_LINE] = bt_kb_writer_text(&c->writer, system->line),
        [SYSTEM_BUILD_FROM] = system->build_from,
        [SYSTEM_BUILD_TO] = system->build_to,
        [SYSTEM_TYPES] = system->types,
        [SYSTEM_SP_FROM] = number_of(system->sp_from),
        [SYSTEM_SP_TO] = number_of(system->sp_to),
        [SYSTEM_ARCHS] = system->archs,
        [SYSTEM_NOT_ARCHS] = system->not_archs,
        [SYSTEM_TSE] = (uint32_t)system->tse,
        [SYSTEM_LATEST] = system->latest,
    };
    bt_kb_writer_row(&c->writer, BT_KB_SYSTEMS, row);
}

void bt_kb_read_systems(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                        uint32_t *words, unsigned word)
{
    uint32_t first = c->writer.rows[BT_KB_SYSTEMS];
    struct bt_kb_system system;
    if (node != NULL && node->kind == BT_YAML_SEQUENCE && node->count <= BT_LIMIT_KB_LIST) {
        for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next) {
            if (!bt_kb_read_system(c, n, &system))
                continue;
            check_latest(c, n, &system, word);
            write_system(c, &system);
        }
    } else if (node != NULL && bt_kb_read_system(c, node, &system)) {
        check_latest(c, node, &system, word);
        write_system(c, &system);
    }
    bt_kb_put_list(&c->writer, words, word, BT_KB_SYSTEMS, first);
}
