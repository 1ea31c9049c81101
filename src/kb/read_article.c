// SPDX-License-Identifier: MIT
//
// Source files of articles: articles/KB909665.yaml.
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kb/parse_expr.h"
#include "kb/words.h"

static const char *const article_key_items[] = {
    "id",        "title",      "url",           "class",         "keywords",    "applies",
    "outside",   "symptoms",   "cause",         "resolution",    "workaround",  "stop",
    "exception", "rule",       "cap",           "cap-reason",    "ask",         "fix",
    "tests",     "supersedes", "superseded-by", "regression-of", "revealed-by", "related",
    "source",
};
static const struct bt_kb_words article_keys = {article_key_items, BT_COUNT(article_key_items)};

static const char *const rule_key_items[] = {"needs", "probable", "strong", "helps"};
static const struct bt_kb_words rule_keys = {rule_key_items, BT_COUNT(rule_key_items)};

static const char *const outside_items[] = {"no", "possible"};
static const struct bt_kb_words outside_words = {outside_items, BT_COUNT(outside_items)};

static const char *const cap_items[] = {"none", "possible", "probable"};
static const struct bt_kb_words cap_words = {cap_items, BT_COUNT(cap_items)};

static const char *const grade_items[] = {"none", "A", "B", "C", "D", "E", "F", "G"};
static const struct bt_kb_words grade_words = {grade_items, BT_COUNT(grade_items)};
enum { GRADE_E = 5 };

// --- Rules

static void write_condition(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                            uint32_t root, enum bt_kb_condition_role role, uint32_t group)
{
    uint32_t row[CONDITION_WORDS] = {
        [CONDITION_ROLE] = role,
        [CONDITION_GROUP] = group,
        [CONDITION_EXPR] = bt_kb_write_expr(c, parsed, root),
    };
    if (row[CONDITION_EXPR] != 0)
        bt_kb_writer_row(&c->writer, BT_KB_CONDITIONS, row);
}

// The parts of an `and`, as conditions of one group.
static void write_group(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                        uint32_t root, enum bt_kb_condition_role role, uint32_t group)
{
    uint32_t parts[BT_LIMIT_EXPRESSION_NODES];
    size_t count = bt_kb_split(parsed, BT_KB_OP_AND, root, parts);
    for (size_t i = 0; i < count; i++)
        write_condition(c, parsed, parts[i], role, group);
}

static void read_condition(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                           enum bt_kb_condition_role role, uint32_t *group,
                           const struct bt_kb_scope *scope, struct bt_kb_file_demands *files)
{
    struct bt_kb_parsed parsed;
    uint32_t parts[BT_LIMIT_EXPRESSION_NODES] = {0};
    size_t count = 1;
    if (!bt_kb_parse_node(c, node, BT_KB_USE_RULE, &parsed))
        return;
    bt_kb_check_possible(c, &parsed, scope);
    bool raises = role == BT_KB_PROBABLE || role == BT_KB_STRONG;
    parts[0] = parsed.count - 1;
    // Each side of an `or` raises on its own, and is told on its own.
    if (raises)
        count = bt_kb_split(&parsed, BT_KB_OP_OR, parsed.count - 1, parts);
    for (size_t i = 0; i < count; i++) {
        // What is needed holds for all of the rule, anything else for itself.
        struct bt_kb_file_demands own = *files;
        bt_kb_check_files(c, &parsed, parts[i], role == BT_KB_NEEDS ? files : &own);
        if (raises && !bt_kb_has_evidence(&parsed, parts[i]))
            BT_KB_COMPLAIN(c, node,
                           "stop code and system alone cannot make a match more than "
                           "possible: name a module, a parameter or an address");
        write_group(c, &parsed, parts[i], role, *group);
        if (raises)
            (*group)++;
    }
}

// A list means: all of `needs`, any one of `probable` and `strong`, each of `helps`.
static void read_conditions(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                            enum bt_kb_condition_role role, const struct bt_kb_scope *scope,
                            struct bt_kb_file_demands *files)
{
    uint32_t group = 0;
    if (node == NULL)
        return;
    if (node->kind != BT_YAML_SEQUENCE) {
        read_condition(c, node, role, &group, scope, files);
        return;
    }
    for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
        read_condition(c, n, role, &group, scope, files);
}

static void read_rule(struct bt_kb_compiler *c, const struct bt_yaml_node *rule,
                      const struct bt_kb_scope *scope, uint32_t *row)
{
    uint32_t first = c->writer.rows[BT_KB_CONDITIONS];
    struct bt_kb_file_demands files = {.count = 0};
    if (rule != NULL && bt_kb_check_mapping(c, rule, "a rule", &rule_keys)) {
        read_conditions(c, bt_yaml_get(rule, "needs"), BT_KB_NEEDS, scope, &files);
        read_conditions(c, bt_yaml_get(rule, "probable"), BT_KB_PROBABLE, scope, &files);
        read_conditions(c, bt_yaml_get(rule, "strong"), BT_KB_STRONG, scope, &files);
        read_conditions(c, bt_yaml_get(rule, "helps"), BT_KB_HELPS, scope, &files);
    }
    bt_kb_put_list(&c->writer, row, ARTICLE_CONDITIONS, BT_KB_CONDITIONS, first);
    if (row[ARTICLE_GRADE] < GRADE_E)
        return;
    const char *const raising[] = {"probable", "strong"};
    for (size_t i = 0; i < BT_COUNT(raising); i++) {
        const struct bt_yaml_node *node = bt_yaml_get(rule, raising[i]);
        if (node != NULL)
            bt_kb_complain(c->diagnostics, bt_kb_key_place_of(c, node),
                           "an article of class %s is never more than possible: \"%s\" has no "
                           "effect",
                           grade_items[row[ARTICLE_GRADE]], raising[i]);
    }
}

// --- The rest

static uint32_t read_index(struct bt_kb_compiler *c, const struct bt_yaml_node *root,
                           const char *key, const struct bt_kb_words *words)
{
    const struct bt_yaml_node *node = bt_yaml_get(root, key);
    size_t index = 0;
    if (node != NULL)
        bt_kb_read_word(c, node, key, words, &index);
    return (uint32_t)index;
}

static uint32_t read_prose(struct bt_kb_compiler *c, const struct bt_yaml_node *root,
                           const char *key)
{
    return bt_kb_writer_text(&c->writer, bt_kb_read_text(c, bt_yaml_get(root, key)));
}

static bool check_id(struct bt_kb_compiler *c, const struct bt_yaml_node *node, const char *id)
{
    for (const char *p = id; *p != '\0'; p++) {
        if (!bt_is_alpha(*p) && !bt_is_digit(*p) && strchr("-_.:", *p) == NULL) {
            BT_KB_COMPLAIN(c, node, "an id has letters, digits and - _ . : only, not \"%s\"",
                           id);
            return false;
        }
    }
    return true;
}

static void write_link(struct bt_kb_compiler *c, const char *kind,
                       const struct bt_yaml_node *node)
{
    const char *target = bt_kb_read_text(c, node);
    if (target != NULL)
        (void)check_id(c, node, target);
    uint32_t row[LINK_WORDS] = {bt_kb_writer_text(&c->writer, kind),
                                bt_kb_writer_text(&c->writer, target)};
    if (target != NULL)
        bt_kb_writer_row(&c->writer, BT_KB_LINKS, row);
}

static void read_links(struct bt_kb_compiler *c, const struct bt_yaml_node *root, uint32_t *row)
{
    uint32_t first = c->writer.rows[BT_KB_LINKS];
    for (size_t i = 0; i < bt_kb_link_kinds.count; i++) {
        const char *kind = bt_kb_link_kinds.items[i];
        const struct bt_yaml_node *node = bt_yaml_get(root, kind);
        if (node != NULL && node->kind == BT_YAML_SEQUENCE) {
            for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
                write_link(c, kind, n);
        } else if (node != NULL) {
            write_link(c, kind, node);
        }
    }
    bt_kb_put_list(&c->writer, row, ARTICLE_LINKS, BT_KB_LINKS, first);
}

static void read_words(struct bt_kb_compiler *c, const struct bt_yaml_node *root, uint32_t *row)
{
    row[ARTICLE_URL] = read_prose(c, root, "url");
    row[ARTICLE_CAP_REASON] = read_prose(c, root, "cap-reason");
    row[ARTICLE_SYMPTOMS] = read_prose(c, root, "symptoms");
    row[ARTICLE_CAUSE] = read_prose(c, root, "cause");
    row[ARTICLE_RESOLUTION] = read_prose(c, root, "resolution");
    row[ARTICLE_WORKAROUND] = read_prose(c, root, "workaround");
    row[ARTICLE_GRADE] = read_index(c, root, "class", &grade_words);
    row[ARTICLE_CAP] = read_index(c, root, "cap", &cap_words);
    row[ARTICLE_OUTSIDE] = read_index(c, root, "outside", &outside_words);
    bt_kb_read_texts(c, bt_yaml_get(root, "ask"), row, ARTICLE_ASK);
    bt_kb_read_texts(c, bt_yaml_get(root, "keywords"), row, ARTICLE_KEYWORDS);
}

static void read_clauses(struct bt_kb_compiler *c, const struct bt_yaml_node *stop,
                         const struct bt_yaml_node *exception, uint32_t *row)
{
    uint32_t first = c->writer.rows[BT_KB_CLAUSES];
    bt_kb_read_clauses(c, stop);
    bt_kb_read_exceptions(c, exception);
    bt_kb_put_list(&c->writer, row, ARTICLE_CLAUSES, BT_KB_CLAUSES, first);
}

void bt_kb_read_article(struct bt_kb_compiler *c, const struct bt_yaml_node *root)
{
    uint32_t row[ARTICLE_WORDS] = {0};
    const struct bt_yaml_node *id_node = bt_yaml_get(root, "id");
    const struct bt_yaml_node *applies = bt_yaml_get(root, "applies");
    const struct bt_yaml_node *stop = bt_yaml_get(root, "stop");
    const struct bt_yaml_node *exception = bt_yaml_get(root, "exception");
    if (!bt_kb_check_mapping(c, root, "an article", &article_keys))
        return;
    const char *id = bt_kb_read_text(c, id_node);
    const char *title = bt_kb_need_text(c, root, "title");
    if (id == NULL || title == NULL || !check_id(c, id_node, id))
        return;
    struct bt_kb_scope scope = bt_kb_measure_scope(c, root);
    row[ARTICLE_ID] = bt_kb_writer_text(&c->writer, id);
    row[ARTICLE_TITLE] = bt_kb_writer_text(&c->writer, title);
    row[ARTICLE_SOURCE] = bt_kb_writer_text(&c->writer, c->source);
    row[ARTICLE_LINE] = id_node->key_line;
    row[ARTICLE_NARROWNESS] = scope.narrowness;
    read_words(c, root, row);
    bt_kb_read_systems(c, applies, row, ARTICLE_SYSTEMS);
    read_clauses(c, stop, exception, row);
    read_rule(c, bt_yaml_get(root, "rule"), &scope, row);
    bt_kb_read_fix(c, root, row);
    read_links(c, root, row);
    if (stop == NULL && exception == NULL && row[ARTICLE_CONDITIONS + 1] == 0)
        BT_KB_COMPLAIN(c, root,
                       "an article needs a \"stop\", an \"exception\" or a \"rule\": nothing "
                       "here can ever match");
    bt_kb_read_tests(c, root, id);
    bt_kb_stage_row(c, BT_KB_ARTICLES, id, bt_kb_place_of(c, id_node), row);
}
