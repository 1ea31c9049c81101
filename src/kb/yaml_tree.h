// SPDX-License-Identifier: MIT
//
// The small part of YAML that knowledge is written in, as a bounded tree: mappings, sequences
// and scalars of one document, each with its place. What a scalar means (number, date, word) is
// decided by whoever reads it. Anchors, aliases, tags, merge keys, several documents and
// duplicate keys are refused.
#ifndef BT_KB_YAML_TREE_H
#define BT_KB_YAML_TREE_H

#include "base/arena.h"
#include "base/span.h"
#include "kb/diagnostics.h"

enum bt_yaml_kind {
    BT_YAML_SCALAR,
    BT_YAML_SEQUENCE,
    BT_YAML_MAPPING,
};

struct bt_yaml_node {
    enum bt_yaml_kind kind;
    uint32_t line, column;         // from 1
    const char *text;              // of a scalar: UTF-8 without NUL or control characters
    bool quoted;                   // in quotes: `column` is that of the quote
    bool block;                    // literal or folded: columns inside it mean nothing
    const char *key;               // where the node is a value of a mapping
    uint32_t key_line, key_column; //
    struct bt_yaml_node *first;    // members of a sequence, values of a mapping, in order
    struct bt_yaml_node *last;
    struct bt_yaml_node *next;
    uint32_t count;
};

// Parses a whole document into `arena`. BT_E_SYNTAX after complaining to `diagnostics`; other
// failures are of the system. An empty document gives *ret = NULL.
enum bt_status bt_yaml_parse(struct bt_span source, const char *file, struct bt_arena *arena,
                             struct bt_kb_diagnostics *diagnostics, struct bt_yaml_node **ret,
                             struct bt_error *err) BT_MUST_USE;

// The value of a key, or NULL.
const struct bt_yaml_node *bt_yaml_get(const struct bt_yaml_node *mapping, const char *key);

#endif
