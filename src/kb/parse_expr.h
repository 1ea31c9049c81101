// SPDX-License-Identifier: MIT
//
// The parser of conditions: text in, checked nodes out. It keeps its own stack instead of
// recursing, so nesting is bounded by a limit and not by the machine.
#ifndef BT_KB_PARSE_EXPR_H
#define BT_KB_PARSE_EXPR_H

#include "kb/compiler.h"

struct bt_kb_parsed_node {
    enum bt_kb_op op;
    uint32_t a, b;    // operands, where the operation has them
    uint32_t first;   // first node of the subtree that ends here
    uint32_t list[2]; // first and count in BT_KB_RANGES or BT_KB_TEXT_LIST
    const char *text; // of a word; marks a set of words
    uint64_t value;
    bool date_only; // of a time
    enum bt_kb_type type;
    uint32_t start, end; // where it stands in the source
};

struct bt_kb_parsed {
    const char *source;
    struct bt_kb_place place; // of the source's first character
    bool exact_columns;       // offsets in the source are columns of the file
    struct bt_kb_parsed_node nodes[BT_LIMIT_EXPRESSION_NODES];
    uint32_t count; // the last node is the whole
};

// Parses `source`, complaining about everything that is wrong with it. False then.
bool bt_kb_parse_expr(struct bt_kb_compiler *c, const char *source, struct bt_kb_place place,
                      bool exact_columns, enum bt_kb_expr_use use, struct bt_kb_parsed *ret);
// The same for a scalar.
bool bt_kb_parse_node(struct bt_kb_compiler *c, const struct bt_yaml_node *node,
                      enum bt_kb_expr_use use, struct bt_kb_parsed *ret);

// Writes the subtree that ends at `root` as an expression of its own: 1 + its row.
uint32_t bt_kb_write_expr(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                          uint32_t root);

// The parts of the outermost `op` (`and` or `or`) in the subtree that ends at `root`: fills
// `parts` from left to right, gives their number.
size_t bt_kb_split(const struct bt_kb_parsed *parsed, enum bt_kb_op op, uint32_t root,
                   uint32_t parts[BT_LIMIT_EXPRESSION_NODES]);

struct bt_kb_bounds {
    uint64_t low, high;
};

// What the rest of an article leaves of some facts.
struct bt_kb_scope {
    uint32_t build_from, build_to;         // of os.build
    uint32_t archs;                        // bits in bt_kb_architectures
    uint32_t exception_from, exception_to; // of exception
    uint32_t stop_from, stop_to;           // of stop
    struct bt_kb_bounds parameters[4];     // of p1 to p4
    bool no_stop;                          // crashes of programs only
    uint32_t narrowness;                   // of its systems: smaller is narrower
};
extern const struct bt_kb_scope bt_kb_scope_any;
struct bt_kb_scope bt_kb_measure_scope(struct bt_kb_compiler *c,
                                       const struct bt_yaml_node *article);

// Complains where the conjunction can never hold: two demands on one number that exclude each
// other, or on what the article leaves of it; and where it asks for what is never there.
void bt_kb_check_possible(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                          const struct bt_kb_scope *scope);

// "this can never hold: ...", at the place of the node.
void bt_kb_complain_impossible(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                               const struct bt_kb_parsed_node *node, const char *why);

// Files that conditions of one rule want to be loaded, or not to be.
struct bt_kb_file_demand {
    const char *name; // in the source of a condition
    size_t size;
    bool away;
};

struct bt_kb_file_demands {
    struct bt_kb_file_demand items[64]; // more are not compared
    size_t count;
};

// check_files.c: complains where the conjunction that ends at `root` wants a file to be there
// that is demanded to be away, or the other way; adds what it demands itself.
void bt_kb_check_files(struct bt_kb_compiler *c, const struct bt_kb_parsed *parsed,
                       uint32_t root, struct bt_kb_file_demands *demands);

// Whether the subtree looks at some fact beside the stop code and the system.
bool bt_kb_has_evidence(const struct bt_kb_parsed *parsed, uint32_t root);

#endif
