// SPDX-License-Identifier: MIT
//
// The fix of an article: what kind, for which systems, and the files that it brings.
#include <string.h>

#include "base/attributes.h"
#include "base/clock.h"
#include "base/text.h"
#include "kb/compiler.h"
#include "kb/system.h"
#include "kb/words.h"

static const char *const fix_key_items[] = {
    "kind", "note", "requires", "prerequisites", "restart", "replaces", "fixed-in", "files",
};
static const struct bt_kb_words fix_keys = {fix_key_items, BT_COUNT(fix_key_items)};

static const char *const file_key_items[] = {
    "name", "version", "platform", "size", "date", "linked-after", "cures", "os",
};
static const struct bt_kb_words file_keys = {file_key_items, BT_COUNT(file_key_items)};

static const char *const restart_items[] = {"yes", "no", "maybe"};
static const struct bt_kb_words restart_words = {restart_items, BT_COUNT(restart_items)};

static bool is_unknown(const char *text)
{
    return strcmp(text, "unknown") == 0;
}

// Whether a list of product lines ("Vista, 2008", "10 1607, 2016") names `line`.
static bool names_line(const char *products, const char *line)
{
    size_t size = strlen(line);
    for (const char *p = products; *p != '\0';) {
        size_t length = strcspn(p, ",");
        if (length >= size && bt_ieq_n(p, line, size) &&
            (length == size || (p[size] == ' ' && !bt_is_alpha(p[size + 1]))))
            return true;
        p += length;
        while (*p == ',' || *p == ' ')
            p++;
    }
    return false;
}

static const char *written_text(const struct bt_kb_compiler *c, uint32_t reference)
{
    return reference == 0 ? NULL : &c->writer.sections[BT_KB_TEXTS].data[reference + 4];
}

// The product lines of the servicing branch that holds a version; NULL where none is known.
static const char *lines_of_version(const struct bt_kb_compiler *c, bt_file_version version)
{
    const struct bt_kb_stage *stage = &c->stages[BT_KB_BRANCHES];
    struct bt_kb_branch branch;
    for (size_t i = 0; i < stage->count; i++) {
        const uint32_t *row = stage->rows[i].words;
        uint64_t from = (uint64_t)row[BRANCH_FROM + 1] << 32 | row[BRANCH_FROM];
        uint64_t to = (uint64_t)row[BRANCH_TO + 1] << 32 | row[BRANCH_TO];
        if (version >= from && version <= to)
            return written_text(c, row[BRANCH_PRODUCT]);
    }
    if (c->options->base != NULL && bt_kb_branch_find(c->options->base, version, &branch))
        return branch.product;
    return NULL;
}

// The line as branches.tsv calls it.
static const char *plain_line(const char *line)
{
    if (strcmp(line, "NT 4.0 TSE") == 0)
        return "NT 4.0";
    return strcmp(line, "2003 R2") == 0 ? "2003" : line;
}

// A version of one product line in an article on another is a slip of the pen.
static void check_branch(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                         bt_file_version version, const struct bt_yaml_node *applies)
{
    const char *products = lines_of_version(c, version);
    if (products == NULL || applies == NULL)
        return;
    const struct bt_yaml_node *n = applies->kind == BT_YAML_SEQUENCE ? applies->first : applies;
    while (n != NULL) {
        struct bt_kb_system system;
        char bad[BT_KB_BAD_WORD_SIZE];
        if (n->kind != BT_YAML_SCALAR || !bt_kb_parse_system(n->text, &system, bad))
            return; // complained about elsewhere
        if (names_line(products, plain_line(system.line)))
            return;
        n = applies->kind == BT_YAML_SEQUENCE ? n->next : NULL;
    }
    BT_KB_COMPLAIN(c, node,
                   "version %s is one of %s, which the article does not apply to: is it in the "
                   "wrong branch?",
                   node->text, products);
}

static bool read_version(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                         const struct bt_yaml_node *applies, uint32_t *row)
{
    const char *text = bt_kb_read_text(c, node);
    bt_file_version version = 0;
    if (text == NULL || is_unknown(text))
        return node == NULL || text != NULL;
    if (!bt_parse_file_version(text, &version)) {
        BT_KB_COMPLAIN(c, node,
                       "a version is written 5.2.3790.2554, or \"unknown\" where none was "
                       "published; not \"%s\"",
                       text);
        return false;
    }
    check_branch(c, node, version, applies);
    row[FIX_FILE_HAS] |= FIX_FILE_HAS_VERSION;
    bt_kb_put_wide(row, FIX_FILE_VERSION, version);
    return true;
}

// The date of the published file, or the one that link dates of fixed files come after.
static bool read_date(struct bt_kb_compiler *c, const struct bt_yaml_node *file, uint32_t *row)
{
    const struct bt_yaml_node *bound = bt_yaml_get(file, "linked-after");
    const struct bt_yaml_node *node = bound != NULL ? bound : bt_yaml_get(file, "date");
    const char *text = bt_kb_read_text(c, node);
    bt_filetime date = 0;
    bool date_only = false;
    if (text == NULL || is_unknown(text))
        return node == NULL || text != NULL;
    if (!bt_parse_time(text, &date, &date_only)) {
        BT_KB_COMPLAIN(c, node, "a date is written 2005-10-22 or 2005-10-22T04:48Z, not \"%s\"",
                       text);
        return false;
    }
    if (bound != NULL && bt_yaml_get(file, "date") != NULL)
        BT_KB_COMPLAIN(c, bound, "\"date\" says it more exactly: leave \"linked-after\" out");
    row[FIX_FILE_HAS] |= bound != NULL ? FIX_FILE_DATE_IS_BOUND : FIX_FILE_HAS_DATE;
    row[FIX_FILE_HAS] |= date_only ? FIX_FILE_DATE_ONLY : 0;
    bt_kb_put_wide(row, FIX_FILE_DATE, date);
    return true;
}

static void read_file(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                      const struct bt_yaml_node *applies)
{
    uint32_t row[FIX_FILE_WORDS] = {[FIX_FILE_PLATFORM] = BT_KB_NONE};
    size_t platform = 0;
    uint64_t size = 0;
    bool cures = true;
    if (!bt_kb_check_mapping(c, node, "a file", &file_keys))
        return;
    const char *text = bt_kb_need_text(c, node, "name");
    const char *name =
        text != NULL ? bt_kb_clean_file(c, bt_kb_place_of(c, bt_yaml_get(node, "name")), text)
                     : NULL;
    if (name == NULL || !read_version(c, bt_yaml_get(node, "version"), applies, row) ||
        !read_date(c, node, row))
        return;
    row[FIX_FILE_NAME] = bt_kb_writer_text(&c->writer, name);
    const struct bt_yaml_node *platform_node = bt_yaml_get(node, "platform");
    if (platform_node != NULL) {
        if (!bt_kb_read_word(c, platform_node, "platform", &bt_kb_architectures, &platform))
            return;
        row[FIX_FILE_PLATFORM] = (uint32_t)platform;
    }
    if (bt_kb_read_number(c, bt_yaml_get(node, "size"), UINT32_MAX, &size)) {
        row[FIX_FILE_HAS] |= FIX_FILE_HAS_SIZE;
        row[FIX_FILE_SIZE] = (uint32_t)size;
    }
    bt_kb_read_bool(c, bt_yaml_get(node, "cures"), &cures);
    row[FIX_FILE_CURES] = cures;
    bt_kb_read_systems(c, bt_yaml_get(node, "os"), row, FIX_FILE_SYSTEMS);
    bt_kb_writer_row(&c->writer, BT_KB_FIX_FILES, row);
}

static void read_files(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                       const struct bt_yaml_node *applies, uint32_t *article)
{
    uint32_t first = c->writer.rows[BT_KB_FIX_FILES];
    if (node != NULL && (node->kind != BT_YAML_SEQUENCE || node->count > BT_LIMIT_KB_LIST))
        BT_KB_COMPLAIN(c, node,
                       "a list of files is expected here: - {name: a.sys, version: 4.2.0.118}");
    else if (node != NULL) {
        for (const struct bt_yaml_node *n = node->first; n != NULL; n = n->next)
            read_file(c, n, applies);
    }
    bt_kb_put_list(&c->writer, article, ARTICLE_FILES, BT_KB_FIX_FILES, first);
}

static uint32_t read_choice(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                            const char *what, const struct bt_kb_words *words)
{
    size_t index = 0;
    if (node == NULL || !bt_kb_read_word(c, node, what, words, &index))
        return 0;
    return bt_kb_writer_text(&c->writer, words->items[index]);
}

static uint32_t read_optional(struct bt_kb_compiler *c, const struct bt_yaml_node *fix,
                              const char *key)
{
    return bt_kb_writer_text(&c->writer, bt_kb_read_text(c, bt_yaml_get(fix, key)));
}

void bt_kb_read_fix(struct bt_kb_compiler *c, const struct bt_yaml_node *root,
                    uint32_t *article)
{
    const struct bt_yaml_node *fix = bt_yaml_get(root, "fix");
    const struct bt_yaml_node *applies = bt_yaml_get(root, "applies");
    bool usable = fix != NULL && bt_kb_check_mapping(c, fix, "a fix", &fix_keys);
    if (!usable)
        fix = NULL;
    const struct bt_yaml_node *kind = bt_yaml_get(fix, "kind");
    if (usable && kind == NULL)
        BT_KB_COMPLAIN(c, fix, "key \"kind\" is missing");
    article[ARTICLE_FIX_KIND] = read_choice(c, kind, "kind of fix", &bt_kb_fix_kinds);
    article[ARTICLE_FIX_NOTE] = read_optional(c, fix, "note");
    article[ARTICLE_REQUIRES_TEXT] = read_optional(c, fix, "prerequisites");
    article[ARTICLE_RESTART] =
        read_choice(c, bt_yaml_get(fix, "restart"), "answer", &restart_words);
    article[ARTICLE_REPLACES] = read_optional(c, fix, "replaces");
    bt_kb_read_systems(c, bt_yaml_get(fix, "requires"), article, ARTICLE_REQUIRES);
    bt_kb_read_systems(c, bt_yaml_get(fix, "fixed-in"), article, ARTICLE_FIXED_IN);
    read_files(c, bt_yaml_get(fix, "files"), applies, article);
}
