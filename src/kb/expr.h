// SPDX-License-Identifier: MIT
//
// Compiled conditions. An expression is a run of nodes in which operands stand before the
// operators that use them, so evaluating one is a single bounded loop. The table of operations
// is the one description of the language: the parser takes names and argument types from it,
// the validator checks every node of an image against it, the evaluator may rely on it.
#ifndef BT_KB_EXPR_H
#define BT_KB_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kb/kb.h"
#include "kb/words.h"

enum bt_kb_type {
    BT_KB_TYPE_NONE,
    BT_KB_TYPE_TRUTH,
    BT_KB_TYPE_NUMBER,
    BT_KB_TYPE_VERSION, // of a file, or NT's own "6.0"
    BT_KB_TYPE_TIME,    // bt_filetime
    BT_KB_TYPE_WORD,    // text, ASCII case ignored
};

// What the list of a node holds.
enum bt_kb_list_kind {
    BT_KB_LIST_NONE,
    BT_KB_LIST_FILE,   // exactly one file name
    BT_KB_LIST_FILES,  // file names: any of them
    BT_KB_LIST_WORDS,  // words of the operation's own
    BT_KB_LIST_SYMBOL, // "module!function": any of them
    BT_KB_LIST_SET,    // of `in`: ranges, or words where the left side is a word
};

enum bt_kb_op {
    // Literals.
    BT_KB_OP_NUMBER,
    BT_KB_OP_VERSION,
    BT_KB_OP_TIME,
    BT_KB_OP_WORD,
    BT_KB_OP_YES,
    BT_KB_OP_NO,
    // Facts of the crash.
    BT_KB_OP_STOP,
    BT_KB_OP_STOP_RAW,
    BT_KB_OP_PARAMETER, // value: 1..4
    BT_KB_OP_OS_BUILD,
    BT_KB_OP_OS_REVISION,
    BT_KB_OP_OS_VERSION,
    BT_KB_OP_OS_SP,
    BT_KB_OP_OS_PRODUCT,
    BT_KB_OP_OS_NAME,
    BT_KB_OP_OS_CHECKED,
    BT_KB_OP_OS_PAE,
    BT_KB_OP_OS_PLATFORM,
    BT_KB_OP_ARCH,
    BT_KB_OP_CPUS,
    BT_KB_OP_CPU_VENDOR,
    BT_KB_OP_PROCESS,
    BT_KB_OP_UPTIME,
    BT_KB_OP_CRASHED,
    BT_KB_OP_EXCEPTION,
    BT_KB_OP_EXCEPTION_ADDRESS,
    BT_KB_OP_EXCEPTION_PARAMETER, // value: 1..4
    BT_KB_OP_EXCEPTION_ACCESS,
    BT_KB_OP_EXCEPTION_TARGET,
    BT_KB_OP_FORMAT,
    BT_KB_OP_LIVE,
    BT_KB_OP_UNFIXED,
    // Functions over files.
    BT_KB_OP_LOADED,
    BT_KB_OP_UNLOADED,
    BT_KB_OP_ON_STACK,
    BT_KB_OP_FAULT_IN,
    BT_KB_OP_FUNCTION_ON_STACK,
    BT_KB_OP_FAULT_IN_FUNCTION,
    BT_KB_OP_FILTER_LOADED,
    BT_KB_OP_SUITE,
    BT_KB_OP_FILE_VERSION,
    BT_KB_OP_FILE_BUILT,
    BT_KB_OP_FILE_STAMP,
    BT_KB_OP_FILE_CHECKSUM,
    BT_KB_OP_IMAGE_SIZE,
    BT_KB_OP_FILE_SIZE,
    BT_KB_OP_FAULT_OFFSET,
    // Functions over a number.
    BT_KB_OP_IN_MODULE,
    BT_KB_OP_IN_UNLOADED,
    BT_KB_OP_IN_FUNCTION,
    BT_KB_OP_OFFSET_IN,
    BT_KB_OP_LOW16,
    BT_KB_OP_HIGH16,
    BT_KB_OP_LOW32,
    BT_KB_OP_HIGH32,
    BT_KB_OP_PREFIX,
    BT_KB_OP_BITS, // a & b
    // Comparisons and logic.
    BT_KB_OP_EQ,
    BT_KB_OP_NE,
    BT_KB_OP_LT,
    BT_KB_OP_LE,
    BT_KB_OP_GT,
    BT_KB_OP_GE,
    BT_KB_OP_IN,
    BT_KB_OP_NOT,
    BT_KB_OP_AND,
    BT_KB_OP_OR,
    BT_KB_OPS,
};

enum bt_kb_op_form {
    BT_KB_FORM_LITERAL,
    BT_KB_FORM_FACT,     // name
    BT_KB_FORM_FUNCTION, // name(a, b, list...)
    BT_KB_FORM_OPERATOR,
};

struct bt_kb_op_info {
    const char *name; // in the source
    enum bt_kb_op_form form;
    enum bt_kb_type result;
    enum bt_kb_type a, b; // NONE: no such operand. Comparisons: both of one type, any
    enum bt_kb_list_kind list;
    // The closed list that words compared with this fact, or given to this function, must be
    // of; NULL: any word.
    const struct bt_kb_words *words;
};

extern const struct bt_kb_op_info bt_kb_ops[BT_KB_OPS];
extern const struct bt_kb_words bt_kb_suites;  // in the order of bt_kb_suite_bits
extern const uint32_t bt_kb_suite_bits[];      // VER_SUITE_*
extern const struct bt_kb_words bt_kb_formats; // names of bt_format_name
extern const struct bt_kb_words bt_kb_filter_classes;
extern const struct bt_kb_words bt_kb_accesses;  // "read", "write", "execute"
extern const struct bt_kb_words bt_kb_platforms; // names of bt_platform_name

bool bt_kb_op_is_comparison(enum bt_kb_op op); // EQ to GE

// One node, decoded.
struct bt_kb_node {
    enum bt_kb_op op;
    uint32_t a, b;          // positions of the operands inside the expression
    struct bt_kb_list list; // texts, or ranges (bt_kb_range_at)
    bool list_is_text;
    const char *text; // of a WORD
    uint64_t value;   // of a NUMBER, VERSION, TIME; of a TIME its first moment
};

struct bt_kb_range {
    uint64_t low, high; // both inside
};

// The number of nodes; at most BT_LIMIT_EXPRESSION_NODES. 0 where there is no condition.
size_t bt_kb_expr_size(struct bt_kb_expr expr);
struct bt_kb_node bt_kb_expr_node(struct bt_kb_expr expr, size_t index);
bool bt_kb_range_at(struct bt_kb_list list, size_t index, struct bt_kb_range *ret);

#endif
