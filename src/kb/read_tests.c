// SPDX-License-Identifier: MIT
//
// Test cases of an article: facts in, verdict out. They are kept as words and read by the
// runner of `kb test`; here only their shape and their keys are checked.
#include <string.h>

#include "base/attributes.h"
#include "base/buf.h"
#include "kb/compiler.h"
#include "kb/words.h"

static const char *const test_key_items[] = {"name", "facts", "verdict", "fix", "note"};
static const struct bt_kb_words test_keys = {test_key_items, BT_COUNT(test_key_items)};

static const char *const verdict_items[] = {"none", "possible", "probable", "strong", "fixed"};
static const struct bt_kb_words verdicts = {verdict_items, BT_COUNT(verdict_items)};

static const char *const status_items[] = {"unknown", "needed", "installed"};
static const struct bt_kb_words statuses = {status_items, BT_COUNT(status_items)};

static const char *const fact_key_items[] = {
    "stop",     "os",      "product", "suite",    "arch",       "cpus",     "build",
    "revision", "modules", "stack",   "unloaded", "fault",      "time",     "exception",
    "uptime",   "process", "format",  "live",     "cpu.vendor", "platform",
};
static const struct bt_kb_words fact_keys = {fact_key_items, BT_COUNT(fact_key_items)};

static const char *const module_key_items[] = {
    "version", "built", "stamp", "base", "size", "checksum", "file-size",
};
static const struct bt_kb_words module_keys = {module_key_items, BT_COUNT(module_key_items)};

// Test cases are always checked, but kept only where the image is to have them.
static uint32_t put_text(struct bt_kb_compiler *c, const char *text)
{
    return c->options->with_tests ? bt_kb_writer_text(&c->writer, text) : 0;
}

static void write_fact(struct bt_kb_compiler *c, const char *key, const char *name,
                       const char *value, uint32_t line)
{
    uint32_t row[FACT_WORDS] = {
        [FACT_KEY] = put_text(c, key),
        [FACT_NAME] = put_text(c, name),
        [FACT_VALUE] = put_text(c, value),
        [FACT_LINE] = line,
    };
    if (c->options->with_tests)
        bt_kb_writer_row(&c->writer, BT_KB_FACTS, row);
}

// Members of a sequence (or one scalar), joined by blanks.
static void write_joined(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    struct bt_buf text;
    bt_buf_init(&text, 4096);
    const struct bt_yaml_node *n = node->kind == BT_YAML_SEQUENCE ? node->first : node;
    while (n != NULL) {
        const char *value = bt_kb_read_text(c, n);
        if (text.size != 0)
            bt_buf_char(&text, ' ');
        bt_buf_text(&text, value);
        n = node->kind == BT_YAML_SEQUENCE ? n->next : NULL;
    }
    write_fact(c, node->key, NULL, bt_buf_cstr(&text), node->line);
    bt_buf_fini(&text);
}

// One fact for each member.
static void write_each(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    if (node->kind != BT_YAML_SEQUENCE) {
        BT_KB_COMPLAIN(c, node, "a list is expected here");
        return;
    }
    if (node->count == 0)
        write_fact(c, node->key, NULL, "", node->line);
    for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
        write_fact(c, node->key, bt_kb_read_text(c, n), "", n->line);
}

// "tcpip.sys: 5.2.3790.1830" or "tcpip.sys: {version: ..., built: ...}".
static void write_module(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    struct bt_buf text;
    bt_buf_init(&text, 4096);
    if (node->kind == BT_YAML_SCALAR) {
        if (strcmp(node->text, "unknown") != 0 && node->text[0] != '\0')
            bt_buf_printf(&text, "version=%s", node->text);
    } else if (bt_kb_check_mapping(c, node, "a module", &module_keys)) {
        for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next) {
            const char *value = bt_kb_read_text(c, n);
            bt_buf_printf(&text, "%s%s=%s", text.size != 0 ? " " : "", n->key,
                          value ? value : "");
        }
    }
    write_fact(c, "modules", node->key, bt_buf_cstr(&text), node->line);
    bt_buf_fini(&text);
}

static void write_modules(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    if (node->kind == BT_YAML_MAPPING) {
        for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
            write_module(c, n);
    } else {
        write_each(c, node);
    }
}

static void write_facts(struct bt_kb_compiler *c, const struct bt_yaml_node *facts)
{
    if (facts->count > BT_LIMIT_KB_LIST || !bt_kb_check_mapping(c, facts, "facts", &fact_keys))
        return;
    for (const struct bt_yaml_node *n = facts->first; n != NULL; n = n->next) {
        if (strcmp(n->key, "modules") == 0)
            write_modules(c, n);
        else if (strcmp(n->key, "stack") == 0 || strcmp(n->key, "unloaded") == 0)
            write_each(c, n);
        else
            write_joined(c, n);
    }
}

static void read_test(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                      const char *article)
{
    uint32_t row[TEST_WORDS] = {0};
    size_t verdict = 0, fix = 0;
    if (!bt_kb_check_mapping(c, node, "a test", &test_keys))
        return;
    const struct bt_yaml_node *facts = bt_yaml_get(node, "facts");
    const struct bt_yaml_node *verdict_node = bt_yaml_get(node, "verdict");
    const struct bt_yaml_node *fix_node = bt_yaml_get(node, "fix");
    const char *name = bt_kb_need_text(c, node, "name");
    if (facts == NULL || verdict_node == NULL) {
        BT_KB_COMPLAIN(c, node, "a test needs \"facts\" and \"verdict\"");
        return;
    }
    if (name == NULL || !bt_kb_read_word(c, verdict_node, "verdict", &verdicts, &verdict) ||
        (fix_node != NULL && !bt_kb_read_word(c, fix_node, "fix status", &statuses, &fix)))
        return;
    uint32_t first = c->writer.rows[BT_KB_FACTS];
    write_facts(c, facts);
    row[TEST_ARTICLE] = put_text(c, article); // its row comes later
    row[TEST_NAME] = put_text(c, name);
    row[TEST_VERDICT] = put_text(c, verdicts.items[verdict]);
    if (fix_node != NULL)
        row[TEST_FIX] = put_text(c, statuses.items[fix]);
    row[TEST_NOTE] = put_text(c, bt_kb_read_text(c, bt_yaml_get(node, "note")));
    row[TEST_SOURCE] = put_text(c, c->source);
    row[TEST_LINE] = node->line;
    bt_kb_put_list(&c->writer, row, TEST_FACTS, BT_KB_FACTS, first);
    bt_kb_stage_row(c, BT_KB_TESTS, NULL, bt_kb_place_of(c, node), row);
}

// `needs: no` keeps an article for searching: no crash fits it.
static bool can_match(const struct bt_yaml_node *root)
{
    const struct bt_yaml_node *rule = bt_yaml_get(root, "rule");
    const struct bt_yaml_node *needs = rule != NULL ? bt_yaml_get(rule, "needs") : NULL;
    return needs == NULL || needs->kind != BT_YAML_SCALAR || strcmp(needs->text, "no") != 0;
}

static bool expects_none(const struct bt_yaml_node *test)
{
    const struct bt_yaml_node *verdict = bt_yaml_get(test, "verdict");
    return verdict != NULL && verdict->kind == BT_YAML_SCALAR &&
           strcmp(verdict->text, verdicts.items[0]) == 0;
}

// An article is trusted when it was seen to fit, and seen not to fit where it should not.
static void warn_of_untested(struct bt_kb_compiler *c, const struct bt_yaml_node *root,
                             const struct bt_yaml_node *tests)
{
    size_t fits = 0, misses = 0;
    if (tests == NULL) {
        bt_kb_warn(c->diagnostics, bt_kb_key_place_of(c, bt_yaml_get(root, "id")),
                   "the article has no \"tests\": write facts that it fits, and facts that it "
                   "nearly fits (verdict: none)");
        return;
    }
    for (const struct bt_yaml_node *n = tests->first; n != NULL; n = n->next) {
        misses += expects_none(n);
        fits += !expects_none(n);
    }
    if (fits == 0 && can_match(root))
        bt_kb_warn(c->diagnostics, bt_kb_key_place_of(c, tests),
                   "no test has facts that the article fits");
    if (misses == 0)
        bt_kb_warn(c->diagnostics, bt_kb_key_place_of(c, tests),
                   "no test has facts that the article only nearly fits (verdict: none)");
}

void bt_kb_read_tests(struct bt_kb_compiler *c, const struct bt_yaml_node *root,
                      const char *article)
{
    const struct bt_yaml_node *node = bt_yaml_get(root, "tests");
    if (c->options->warn && (node == NULL || node->kind == BT_YAML_SEQUENCE))
        warn_of_untested(c, root, node);
    if (node == NULL)
        return;
    if (node->kind != BT_YAML_SEQUENCE) {
        BT_KB_COMPLAIN(c, node, "a list of tests is expected here");
        return;
    }
    for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
        read_test(c, n, article);
}
