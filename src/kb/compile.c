// SPDX-License-Identifier: MIT
#include "kb/compile.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kb/compiler.h"
#include "kb/layers.h"

// Memory for the tree of one file, and for what outlives the files of one compilation.
#define FILE_ARENA_LIMIT (UINT64_C(256) << 20)
#define ARENA_LIMIT      (UINT64_C(2) << 30)

static int compare_sources(const void *a, const void *b)
{
    const struct bt_kb_source *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static bool is_table(const char *name)
{
    return bt_iends_with(name, ".tsv");
}

// An article has an id, a stop code has a code.
static void read_root(struct bt_kb_compiler *c, const struct bt_yaml_node *root)
{
    struct bt_kb_place place = {.file = c->file};
    if (root == NULL)
        bt_kb_complain(c->diagnostics, place, "the file is empty");
    else if (bt_yaml_get(root, "id") != NULL)
        bt_kb_read_article(c, root);
    else if (bt_yaml_get(root, "code") != NULL)
        bt_kb_read_stop(c, root);
    else
        BT_KB_COMPLAIN(c, root,
                       "neither an article (key \"id\") nor a stop code (key \"code\")");
}

static enum bt_status read_source(struct bt_kb_compiler *c, const struct bt_kb_source *source,
                                  struct bt_error *err)
{
    struct bt_yaml_node *root = NULL;
    c->source = source->name;
    c->file = source->path != NULL ? source->path : source->name;
    struct bt_kb_place place = {.file = c->file};
    if (source->bytes.size > BT_LIMIT_SOURCE_FILE) {
        bt_kb_complain(c->diagnostics, place, "the file is larger than 4 MiB");
        return BT_OK;
    }
    if (is_table(source->name)) {
        if (!bt_kb_read_table(c, source->name, source->bytes))
            bt_kb_complain(c->diagnostics, place, "no table has this name");
        return BT_OK;
    }
    enum bt_status status =
        bt_yaml_parse(source->bytes, c->file, c->file_arena, c->diagnostics, &root, err);
    if (status == BT_OK)
        read_root(c, root);
    if (c->writer.overlong)
        bt_kb_complain(c->diagnostics, place,
                       "a list is longer than %u rows (in an article) "
                       "or %u",
                       BT_LIMIT_KB_ARTICLE_LIST, BT_LIMIT_KB_LIST);
    c->writer.overlong = false;
    return status == BT_E_SYNTAX ? BT_OK : status;
}

// Reads those sources that are tables, or those that are not: status names come first.
static enum bt_status read_sources(struct bt_kb_compiler *c,
                                   const struct bt_kb_source *const *sources, size_t count,
                                   bool tables, struct bt_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (is_table(sources[i]->name) != tables)
            continue;
        c->file_arena = bt_arena_new(FILE_ARENA_LIMIT);
        if (c->file_arena == NULL)
            return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
        enum bt_status status = read_source(c, sources[i], err);
        bt_arena_free(c->file_arena);
        c->file_arena = NULL;
        BT_TRY(status);
        if (c->out_of_memory)
            return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    return BT_OK;
}

static void take_base_names(struct bt_kb_compiler *c, const struct bt_kb *base)
{
    static const enum bt_kb_section sections[] = {BT_KB_STATUS_NT, BT_KB_STATUS_EXCEPTION,
                                                  BT_KB_STATUS_FAILFAST};
    for (size_t layer = 0; base != NULL && layer < base->layer_count; layer++) {
        const struct bt_kb_image *image = base->layers[layer];
        for (size_t s = 0; s < BT_COUNT(sections); s++) {
            uint32_t rows = bt_kb_rows(image, sections[s]);
            for (uint32_t i = 0; i < rows; i++)
                bt_kb_add_status_name(c, bt_kb_text_of(image, sections[s], i, STATUS_NAME),
                                      bt_kb_word(image, sections[s], i, STATUS_VALUE));
        }
    }
}

// --- What can only be written when all articles are known

static uint32_t written_word(const struct bt_kb_compiler *c, enum bt_kb_section section,
                             uint32_t row, unsigned word)
{
    size_t at = ((size_t)row * bt_kb_layout[section].words + word) * 4;
    return bt_le32((const uint8_t *)&c->writer.sections[section].data[at]);
}

// Stops and exceptions have codes of their own: 0xC000021A is both.
static bool is_same_code(const struct bt_kb_compiler *c, uint32_t a, uint32_t b)
{
    bool stop_a = written_word(c, BT_KB_CLAUSES, a, CLAUSE_KIND) == BT_KB_CLAUSE_STOP;
    bool stop_b = written_word(c, BT_KB_CLAUSES, b, CLAUSE_KIND) == BT_KB_CLAUSE_STOP;
    return stop_a == stop_b && written_word(c, BT_KB_CLAUSES, a, CLAUSE_CODE) ==
                                   written_word(c, BT_KB_CLAUSES, b, CLAUSE_CODE);
}

static bool names_code_before(const struct bt_kb_compiler *c, uint32_t first, uint32_t clause)
{
    for (uint32_t i = first; i < clause; i++) {
        if (is_same_code(c, i, clause))
            return true;
    }
    return false;
}

// The files of which a rule needs one to be loaded, as hashes; zeros where it asks for none, or
// for more than two.
static uint64_t needed_files(const struct bt_kb_compiler *c, uint32_t article)
{
    uint32_t first = written_word(c, BT_KB_ARTICLES, article, ARTICLE_CONDITIONS);
    uint32_t count = written_word(c, BT_KB_ARTICLES, article, ARTICLE_CONDITIONS + 1);
    for (uint32_t i = first; i < first + count; i++) {
        if (written_word(c, BT_KB_CONDITIONS, i, CONDITION_ROLE) != BT_KB_NEEDS)
            continue;
        uint32_t expr = written_word(c, BT_KB_CONDITIONS, i, CONDITION_EXPR) - 1;
        uint32_t node = written_word(c, BT_KB_EXPRS, expr, EXPR_NODES);
        uint32_t nodes = written_word(c, BT_KB_EXPRS, expr, EXPR_NODES + 1);
        uint32_t list = written_word(c, BT_KB_NODES, node, NODE_LIST);
        uint32_t files = written_word(c, BT_KB_NODES, node, NODE_LIST + 1);
        if (nodes != 1 || files == 0 || files > 2 ||
            written_word(c, BT_KB_NODES, node, NODE_OP) != BT_KB_OP_LOADED)
            continue;
        uint64_t hashes = 0;
        for (uint32_t k = 0; k < files; k++) {
            uint32_t text = written_word(c, BT_KB_TEXT_LIST, list + k, TEXT_LIST_TEXT);
            hashes |= (uint64_t)bt_kb_file_hash(&c->writer.sections[BT_KB_TEXTS].data[text + 4])
                      << (32 * k);
        }
        return hashes;
    }
    return 0;
}

static void index_clause(struct bt_kb_compiler *c, uint32_t article, uint32_t clause,
                         uint32_t end)
{
    struct bt_kb_place place = {.file = "", .line = article};
    uint32_t code = written_word(c, BT_KB_CLAUSES, clause, CLAUSE_CODE);
    uint32_t kinds = written_word(c, BT_KB_CLAUSES, clause, CLAUSE_KIND);
    if (kinds == BT_KB_CLAUSE_STOP) {
        uint32_t row[CANDIDATE_WORDS] = {code, article};
        bt_kb_put_wide(row, CANDIDATE_FILES, needed_files(c, article));
        bt_kb_stage_row(c, BT_KB_CANDIDATES, NULL, place, row);
        return;
    }
    for (uint32_t i = clause + 1; i < end; i++) {
        if (is_same_code(c, i, clause))
            kinds |= written_word(c, BT_KB_CLAUSES, i, CLAUSE_KIND);
    }
    uint32_t row[EXCEPTION_CANDIDATE_WORDS] = {code, article, kinds};
    bt_kb_stage_row(c, BT_KB_EXCEPTION_CANDIDATES, NULL, place, row);
}

// The files of a clause, whose texts are in the pool already.
static void index_modules(struct bt_kb_compiler *c, uint32_t article, uint32_t clause)
{
    struct bt_kb_place place = {.file = "", .line = article};
    uint32_t first = written_word(c, BT_KB_CLAUSES, clause, CLAUSE_MODULES);
    uint32_t count = written_word(c, BT_KB_CLAUSES, clause, CLAUSE_MODULES + 1);
    const char *pool = c->writer.sections[BT_KB_TEXTS].data;
    for (uint32_t i = first; i < first + count; i++) {
        uint32_t text = written_word(c, BT_KB_TEXT_LIST, i, TEXT_LIST_TEXT);
        uint32_t row[MODULE_CANDIDATE_WORDS] = {
            bt_kb_file_hash(&pool[text + 4]), article,
            written_word(c, BT_KB_CLAUSES, clause, CLAUSE_KIND),
            written_word(c, BT_KB_CLAUSES, clause, CLAUSE_CODE) == 0};
        bt_kb_stage_row(c, BT_KB_MODULE_CANDIDATES, NULL, place, row);
    }
}

static void index_article(struct bt_kb_compiler *c, uint32_t article)
{
    uint32_t first = written_word(c, BT_KB_ARTICLES, article, ARTICLE_CLAUSES);
    uint32_t count = written_word(c, BT_KB_ARTICLES, article, ARTICLE_CLAUSES + 1);
    if (count == 0) {
        uint32_t row[CODELESS_WORDS] = {article};
        bt_kb_writer_row(&c->writer, BT_KB_CODELESS, row);
    }
    for (uint32_t i = first; i < first + count; i++) {
        bool any = written_word(c, BT_KB_CLAUSES, i, CLAUSE_KIND) != BT_KB_CLAUSE_STOP &&
                   written_word(c, BT_KB_CLAUSES, i, CLAUSE_CODE) == 0;
        if (!any && !names_code_before(c, first, i))
            index_clause(c, article, i, first + count);
        index_modules(c, article, i);
    }
}

static int compare_pairs(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return x[0] < y[0] ? -1 : x[0] > y[0];
}

// Tests name their article by the reference of its id, which is unique: put the row there.
static void write_tests(struct bt_kb_compiler *c)
{
    struct bt_kb_stage *stage = &c->stages[BT_KB_TESTS];
    uint32_t articles = c->writer.rows[BT_KB_ARTICLES];
    uint32_t(*pairs)[2] = calloc((size_t)articles + 1, sizeof *pairs);
    if (pairs == NULL) {
        c->out_of_memory = true;
        return;
    }
    for (uint32_t i = 0; i < articles; i++) {
        pairs[i][0] = written_word(c, BT_KB_ARTICLES, i, ARTICLE_ID);
        pairs[i][1] = i;
    }
    qsort(pairs, articles, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < stage->count; i++) {
        uint32_t *words = stage->rows[i].words;
        const uint32_t(*pair)[2] =
            bsearch(&words[TEST_ARTICLE], pairs, articles, sizeof *pairs, compare_pairs);
        if (pair == NULL)
            continue; // its article was refused
        words[TEST_ARTICLE] = (*pair)[1];
        bt_kb_writer_row(&c->writer, BT_KB_TESTS, words);
    }
    free(pairs);
}

static void write_staged(struct bt_kb_compiler *c, struct bt_kb_compile_counts *counts)
{
    static const struct {
        enum bt_kb_section section;
        const char *what;
    } parts[] = {
        {BT_KB_STOPS, "this stop code"},
        {BT_KB_STATUS_NT, "this value"},
        {BT_KB_STATUS_EXCEPTION, "this value"},
        {BT_KB_STATUS_FAILFAST, "this value"},
        {BT_KB_STATUS_WIN32, "this value"},
        {BT_KB_STATUS_FILL, "this value"},
        {BT_KB_EXCEPTION_PARAMETERS, "this parameter"},
        {BT_KB_DRIVERS, "this file"},
        {BT_KB_ALIASES, "this alias"},
        {BT_KB_FILTERS, "this file"},
        {BT_KB_SYSTEM_PLACES, "this place"},
        {BT_KB_PRODUCTS, "this build"},
        {BT_KB_BRANCHES, "this branch"},
        {BT_KB_ARTICLES, "an article with this id"},
    };
    for (size_t i = 0; i < BT_COUNT(parts); i++)
        bt_kb_flush_stage(c, parts[i].section, parts[i].what);
    for (uint32_t i = 0; i < c->writer.rows[BT_KB_ARTICLES]; i++)
        index_article(c, i);
    bt_kb_flush_stage(c, BT_KB_CANDIDATES, "this candidate");
    bt_kb_flush_stage(c, BT_KB_EXCEPTION_CANDIDATES, "this candidate");
    bt_kb_flush_stage(c, BT_KB_MODULE_CANDIDATES, "this candidate");
    counts->tests = c->stages[BT_KB_TESTS].count;
    if (c->options->with_tests)
        write_tests(c);
    counts->articles = c->writer.rows[BT_KB_ARTICLES];
    counts->stops = c->writer.rows[BT_KB_STOPS];
}

static enum bt_status compile_sorted(struct bt_kb_compiler *c,
                                     const struct bt_kb_source *const *sources, size_t count,
                                     struct bt_buf *image, struct bt_kb_compile_counts *counts,
                                     struct bt_error *err)
{
    take_base_names(c, c->options->base);
    BT_TRY(read_sources(c, sources, count, true, err));
    BT_TRY(read_sources(c, sources, count, false, err));
    write_staged(c, counts);
    counts->files = count;
    if (c->out_of_memory)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    if (c->diagnostics->errors != 0)
        return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET, "%zu errors in the sources",
                       c->diagnostics->errors);
    if (counts->articles > BT_LIMIT_KB_ARTICLES)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "more than %u articles",
                       BT_LIMIT_KB_ARTICLES);
    return bt_kb_writer_finish(&c->writer, c->options->with_tests ? BT_KB_FLAG_TESTS : 0, image,
                               err);
}

static void free_compiler(struct bt_kb_compiler *c)
{
    for (size_t i = 0; i < BT_KB_SECTIONS; i++)
        free(c->stages[i].rows);
    free(c->status_names);
    bt_kb_writer_fini(&c->writer);
    bt_arena_free(c->arena);
    free(c);
}

enum bt_status bt_kb_compile(const struct bt_kb_source *sources, size_t count,
                             const struct bt_kb_compile_options *options, struct bt_buf *image,
                             struct bt_kb_diagnostics *diagnostics,
                             struct bt_kb_compile_counts *counts, struct bt_error *err)
{
    struct bt_kb_compiler *c = calloc(1, sizeof *c);
    const struct bt_kb_source **sorted = calloc(count + 1, sizeof(const struct bt_kb_source *));
    enum bt_status status = BT_E_NOMEM;
    *counts = (struct bt_kb_compile_counts){0};
    if (c != NULL && sorted != NULL) {
        c->options = options;
        c->diagnostics = diagnostics;
        bt_kb_writer_init(&c->writer);
        c->arena = bt_arena_new(ARENA_LIMIT);
        for (size_t i = 0; i < count; i++)
            sorted[i] = &sources[i];
        qsort(sorted, count, sizeof *sorted, compare_sources);
        status = compile_sorted(c, sorted, count, image, counts, err);
        free_compiler(c);
    } else {
        free(c);
        bt_error_set(err, status, BT_NO_OFFSET, "out of memory");
    }
    free(sorted);
    return status;
}
