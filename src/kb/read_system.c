// SPDX-License-Identifier: MIT
//
// Systems in the sources of articles, written into the image.
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "kb/compiler.h"
#include "kb/system.h"
#include "kb/system_words.h"

// "Windows Server 2019" and "Win11", as others write it.
static bool suggest_notation(const char *text, char ret[BT_TOLD_SYSTEM_SIZE])
{
    static const char announced[] = "Windows ";
    struct bt_machine_text told = {0};
    struct bt_kb_system system;
    char phrase[128], bad[BT_KB_BAD_WORD_SIZE];
    bool unclear = false;
    size_t skipped = 0;
    if (strlen(text) > 3 && bt_ieq_n(text, "Win", 3) && bt_is_digit(text[3]))
        skipped = 3;
    if (strlen(text) + sizeof announced > sizeof phrase)
        return false;
    snprintf(phrase, sizeof phrase, "%s%s", announced, &text[skipped]);
    bt_system_words_read(phrase, strlen(phrase), &told, &unclear);
    if (unclear || told.system[0] == '\0' || !bt_kb_parse_system(told.system, &system, bad))
        return false;
    // The year of a server says that it is one.
    size_t size = strlen(told.system);
    if (system.types == BT_KB_SERVER && bt_iends_with(told.system, " server"))
        size -= strlen(" server");
    memcpy(ret, told.system, size);
    ret[size] = '\0';
    return true;
}

static bool check_service_pack(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                               const struct bt_kb_system *system)
{
    if (!system->sp_from.known || system->sp_from.value <= system->last_sp)
        return true;
    if (system->last_sp == 0)
        BT_KB_COMPLAIN(c, node, "there is no service pack of %s", system->line);
    else
        BT_KB_COMPLAIN(c, node, "the last service pack of %s is SP%u", system->line,
                       (unsigned)system->last_sp);
    return false;
}

bool bt_kb_read_system(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                       struct bt_kb_system *ret)
{
    const char *text = bt_kb_read_text(c, node);
    char bad[BT_KB_BAD_WORD_SIZE], suggestion[BT_TOLD_SYSTEM_SIZE];
    if (text == NULL)
        return false;
    if (bt_kb_parse_system(text, ret, bad))
        return check_service_pack(c, node, ret);
    if (strchr(text, ',') != NULL)
        BT_KB_COMPLAIN(c, node, "\"%s\": several systems are a list, [%s]", text, text);
    else if (bad[0] == '\0' && suggest_notation(text, suggestion))
        BT_KB_COMPLAIN(c, node, "unknown system \"%s\"; did you mean \"%s\"?", text,
                       suggestion);
    else if (bad[0] == '\0' && bt_kb_word_suggest(bt_kb_system_lines(), text) == NULL)
        BT_KB_COMPLAIN(c, node, "unknown system \"%s\": write \"2008 SP2\", \"10 22H2 x64\"",
                       text);
    else if (bad[0] == '\0')
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
