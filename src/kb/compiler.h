// SPDX-License-Identifier: MIT
//
// What the readers of the different source files share: the state of one compilation, staged
// rows, and reading of values out of a YAML tree with complaints.
#ifndef BT_KB_COMPILER_H
#define BT_KB_COMPILER_H

#include "base/arena.h"
#include "kb/article.h"
#include "kb/compile.h"
#include "kb/expr.h"
#include "kb/writer.h"
#include "kb/yaml_tree.h"

// A row whose section is sorted and checked for duplicates once all files are read.
struct bt_kb_staged {
    const char *key; // text of word 0, for sections that are ordered by text
    struct bt_kb_place place;
    uint32_t words[BT_KB_MAX_WORDS];
};

struct bt_kb_stage {
    struct bt_kb_staged *rows;
    size_t count, capacity;
};

struct bt_kb_status_name {
    const char *name;
    uint32_t value;
};

struct bt_kb_compiler {
    const struct bt_kb_compile_options *options;
    struct bt_kb_diagnostics *diagnostics;
    struct bt_kb_writer writer;
    struct bt_arena *arena; // of the whole compilation: keys and file names
    struct bt_arena *file_arena;
    struct bt_kb_stage stages[BT_KB_SECTIONS];
    struct bt_kb_status_name *status_names; // sorted, once prepared
    size_t status_name_count, status_name_capacity;
    bool status_names_sorted;
    const char *file;   // being read, as messages call it
    const char *source; // the same, as the image remembers it
    bool out_of_memory;
};

// --- Places and complaints

struct bt_kb_place bt_kb_place_of(const struct bt_kb_compiler *c,
                                  const struct bt_yaml_node *node);
struct bt_kb_place bt_kb_key_place_of(const struct bt_kb_compiler *c,
                                      const struct bt_yaml_node *node);
#define BT_KB_COMPLAIN(c, node, ...)                                                           \
    bt_kb_complain((c)->diagnostics, bt_kb_place_of((c), (node)), __VA_ARGS__)

// Complains that `what` `text` is not known and suggests a word of the list.
void bt_kb_complain_unknown(struct bt_kb_compiler *c, struct bt_kb_place place,
                            const char *what, const char *text,
                            const struct bt_kb_words *words);

// --- Reading values

// Complains about keys that are not of the list. False where `node` is no mapping at all.
bool bt_kb_check_mapping(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                         const char *what, const struct bt_kb_words *keys);
// The text of a scalar; complains about anything else. NULL for a NULL node.
const char *bt_kb_read_text(struct bt_kb_compiler *c, const struct bt_yaml_node *node);
// The text of a required key of a mapping.
const char *bt_kb_need_text(struct bt_kb_compiler *c, const struct bt_yaml_node *mapping,
                            const char *key);
// A word of a closed list; complains and gives false otherwise. `index` may be NULL.
bool bt_kb_read_word(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                     const char *what, const struct bt_kb_words *words, size_t *ret);
bool bt_kb_read_bool(struct bt_kb_compiler *c, const struct bt_yaml_node *node, bool *ret);
bool bt_kb_read_number(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                       uint64_t limit, uint64_t *ret);
// A number or the name of a status value.
bool bt_kb_parse_value(struct bt_kb_compiler *c, const char *text, uint64_t *ret);
// "0x1", "0x1..0x5", or a status name.
bool bt_kb_read_range(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                      uint64_t *ret_low, uint64_t *ret_high);
// A list of texts, or one text: appended to the section of text lists, put into `words`.
void bt_kb_read_texts(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                      uint32_t *words, unsigned word);
// A file name: lower case, with an extension, without a path. NULL after a complaint.
const char *bt_kb_clean_file(struct bt_kb_compiler *c, struct bt_kb_place place,
                             const char *text);

// --- Parts

// Status names, from the files read so far and from the base.
bool bt_kb_status_value(struct bt_kb_compiler *c, const char *name, uint32_t *ret);
// The name that a misspelled one probably means, or NULL.
const char *bt_kb_status_suggest(const struct bt_kb_compiler *c, const char *name);
void bt_kb_add_status_name(struct bt_kb_compiler *c, const char *name, uint32_t value);

// Stages a row. `key` is copied.
void bt_kb_stage_row(struct bt_kb_compiler *c, enum bt_kb_section section, const char *key,
                     struct bt_kb_place place, const uint32_t *words);
// Sorts the staged rows of a section, complains about duplicates, writes them.
void bt_kb_flush_stage(struct bt_kb_compiler *c, enum bt_kb_section section, const char *what);

// Where rules may differ from `when` conditions of parameters.
enum bt_kb_expr_use { BT_KB_USE_WHEN, BT_KB_USE_RULE };

// Expressions. All give 1 + the row in EXPRS, or 0 after a complaint (or for a NULL node).
uint32_t bt_kb_read_expr(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                         enum bt_kb_expr_use use);

// "2003 SP1 x86" -> a row of SYSTEMS. False after a complaint.
bool bt_kb_read_system(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                       struct bt_kb_system *ret);
void bt_kb_read_systems(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                        uint32_t *words, unsigned word);

// Whole files.
void bt_kb_read_stop(struct bt_kb_compiler *c, const struct bt_yaml_node *root);
void bt_kb_read_article(struct bt_kb_compiler *c, const struct bt_yaml_node *root);
// Parts of an article.
void bt_kb_read_clauses(struct bt_kb_compiler *c, const struct bt_yaml_node *node);
// Exception clauses are added to the same list.
void bt_kb_read_exceptions(struct bt_kb_compiler *c, const struct bt_yaml_node *node);
void bt_kb_read_fix(struct bt_kb_compiler *c, const struct bt_yaml_node *root,
                    uint32_t *article);
// Reads the test cases of an article; `root` is the article, `article` its id.
void bt_kb_read_tests(struct bt_kb_compiler *c, const struct bt_yaml_node *root,
                      const char *article);
// A TSV file whose name says what it is; false where the name is not known.
bool bt_kb_read_table(struct bt_kb_compiler *c, const char *name, struct bt_span source);

#endif
