// SPDX-License-Identifier: MIT
//
// Test cases of an article: facts in, verdict out. They are kept as words and read by the
// runner of `kb test`; here only their shape and their keys are checked.
#include <string.h>

#include "base/attributes.h"
#include "base/buf.h"
#include "base/text.h"
#include "kb/compiler.h"
#include "kb/expr.h"
#include "kb/system.h"
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

static uint32_t pack_place(const struct bt_yaml_node *node)
{
    const uint32_t lines = (UINT32_C(1) << FACT_LINE_BITS) - 1;
    const uint32_t columns = UINT32_MAX >> FACT_LINE_BITS;
    uint32_t line = node->line < lines ? node->line : lines;
    return (node->column < columns ? node->column : columns) << FACT_LINE_BITS | line;
}

static void write_fact(struct bt_kb_compiler *c, const char *key, const char *name,
                       const char *value, const struct bt_yaml_node *node)
{
    uint32_t row[FACT_WORDS] = {
        [FACT_KEY] = put_text(c, key),
        [FACT_NAME] = put_text(c, name),
        [FACT_VALUE] = put_text(c, value),
        [FACT_LINE] = pack_place(node),
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
    write_fact(c, node->key, NULL, bt_buf_cstr(&text), node);
    bt_buf_fini(&text);
}

// "tcpip.sys 5.2.3790.1830" in one text is no name of a file.
static void check_file_name(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                            const char *name)
{
    const char *blank = name != NULL ? strchr(name, ' ') : NULL;
    bool version = blank != NULL && bt_is_digit(blank[1]);
    if (version)
        BT_KB_COMPLAIN(c, node, "\"%s\": a version stands behind a colon: {%.*s: %s}", name,
                       (int)(blank - name), name, &blank[1]);
}

// One fact for each member.
static void write_each(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    if (node->kind != BT_YAML_SEQUENCE) {
        BT_KB_COMPLAIN(c, node, "a list is expected here: [%s]",
                       node->kind == BT_YAML_SCALAR ? node->text : "a.sys");
        return;
    }
    if (node->count == 0)
        write_fact(c, node->key, NULL, "", node);
    for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next) {
        const char *name = bt_kb_read_text(c, n);
        check_file_name(c, n, name);
        write_fact(c, node->key, name, "", n);
    }
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
    write_fact(c, "modules", node->key, bt_buf_cstr(&text), node);
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

// --- Facts with words of their own

static const char *const product_items[] = {"workstation", "server", "domain controller",
                                            "unknown"};
static const struct bt_kb_words products = {product_items, BT_COUNT(product_items)};

static const char *const yes_items[] = {"yes", "no"};
static const struct bt_kb_words yes_words = {yes_items, BT_COUNT(yes_items)};

static const struct {
    const char *key;
    const struct bt_kb_words *words;
    const char *also; // one more word; NULL
} worded_facts[] = {
    {"product", &products, NULL},         {"suite", &bt_kb_suites, "none"},
    {"arch", &bt_kb_architectures, NULL}, {"format", &bt_kb_formats, NULL},
    {"platform", &bt_kb_platforms, NULL}, {"live", &yes_words, NULL},
};

static void check_words(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                        const struct bt_kb_words *words, const char *also)
{
    bool list = node->kind == BT_YAML_SEQUENCE;
    const struct bt_yaml_node *n = list ? node->first : node;
    for (; n != NULL; n = list ? n->next : NULL) {
        size_t index = 0;
        if (n->kind != BT_YAML_SCALAR || (also != NULL && strcmp(n->text, also) == 0))
            continue;
        bt_kb_read_word(c, n, node->key, words, &index);
    }
}

// What can be told before the test runs, with what was probably meant.
static void check_fact(struct bt_kb_compiler *c, const struct bt_yaml_node *node)
{
    enum { CODE_AND_PARAMETERS = 5 };
    struct bt_kb_system system;
    for (size_t i = 0; i < BT_COUNT(worded_facts); i++) {
        if (strcmp(node->key, worded_facts[i].key) == 0)
            check_words(c, node, worded_facts[i].words, worded_facts[i].also);
    }
    if (strcmp(node->key, "os") == 0 && node->kind == BT_YAML_SCALAR)
        (void)bt_kb_read_system(c, node, &system);
    if (strcmp(node->key, "stop") == 0 && node->count > CODE_AND_PARAMETERS)
        BT_KB_COMPLAIN(c, node, "a stop has a code and up to four parameters, not %zu values",
                       (size_t)node->count);
}

static void write_facts(struct bt_kb_compiler *c, const struct bt_yaml_node *facts)
{
    if (facts->count > BT_LIMIT_KB_LIST || !bt_kb_check_mapping(c, facts, "facts", &fact_keys))
        return;
    for (const struct bt_yaml_node *n = facts->first; n != NULL; n = n->next) {
        check_fact(c, n);
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
