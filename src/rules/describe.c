// SPDX-License-Identifier: MIT
#include "rules/describe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rules/describe_value.h"

// A condition from a hostile image may be long; nobody reads more than this.
enum { TEXT_LIMIT = 400 };

struct teller {
    struct bt_kb_expr expr;
    struct bt_arena *arena;
    struct bt_error *err;
    const char *texts[BT_LIMIT_EXPRESSION_NODES]; // of the nodes so far
};

static const char *const joiners[] = {", ", " or "};

// "a.sys", "a.sys or b.sys", "a.sys, b.sys or c.sys".
static void add_names(struct bt_buf *out, struct bt_kb_list names, const char *prefix)
{
    for (size_t i = 0; i < names.count; i++) {
        if (i > 0)
            bt_buf_text(out, joiners[i + 1 == names.count]);
        bt_buf_text(out, prefix);
        bt_buf_text(out, bt_kb_text(names, i));
    }
}

static const char *name_fact(const struct bt_kb_node *node)
{
    static const char *const parameters[] = {"", "parameter 1", "parameter 2", "parameter 3",
                                             "parameter 4"};
    static const char *const exception_parameters[] = {
        "", "exception parameter 1", "exception parameter 2", "exception parameter 3",
        "exception parameter 4"};
    switch (node->op) {
    case BT_KB_OP_YES:
        return "always";
    case BT_KB_OP_NO:
        return "never";
    case BT_KB_OP_STOP:
        return "stop code";
    case BT_KB_OP_STOP_RAW:
        return "raw stop code";
    case BT_KB_OP_PARAMETER:
        return parameters[node->value <= 4 ? node->value : 0];
    case BT_KB_OP_OS_BUILD:
        return "Windows build";
    case BT_KB_OP_OS_REVISION:
        return "update revision";
    case BT_KB_OP_OS_VERSION:
        return "NT version";
    case BT_KB_OP_OS_SP:
        return "service pack";
    case BT_KB_OP_OS_PRODUCT:
        return "product type";
    case BT_KB_OP_OS_NAME:
        return "product";
    case BT_KB_OP_OS_CHECKED:
        return "checked build";
    case BT_KB_OP_OS_PAE:
        return "PAE kernel";
    case BT_KB_OP_ARCH:
        return "architecture";
    case BT_KB_OP_CPUS:
        return "number of processors";
    case BT_KB_OP_CPU_VENDOR:
        return "processor vendor";
    case BT_KB_OP_PROCESS:
        return "process";
    case BT_KB_OP_UPTIME:
        return "uptime in seconds";
    case BT_KB_OP_CRASHED:
        return "crash time";
    case BT_KB_OP_EXCEPTION:
        return "exception code";
    case BT_KB_OP_EXCEPTION_ADDRESS:
        return "address of the exception";
    case BT_KB_OP_EXCEPTION_PARAMETER:
        return exception_parameters[node->value <= 4 ? node->value : 0];
    case BT_KB_OP_EXCEPTION_ACCESS:
        return "access";
    case BT_KB_OP_EXCEPTION_TARGET:
        return "address that was accessed";
    case BT_KB_OP_OS_PLATFORM:
        return "operating system";
    case BT_KB_OP_FORMAT:
        return "kind of dump";
    case BT_KB_OP_LIVE:
        return "a live dump";
    default: // BT_KB_OP_UNFIXED
        return "the fix is not installed";
    }
}

// "A is loaded": names first, then what is said of them.
static void add_names_then(struct bt_buf *out, const struct bt_kb_node *node, const char *verb)
{
    add_names(out, node->list, "");
    bt_buf_text(out, verb);
}

static void add_of_file(struct bt_buf *out, const struct bt_kb_node *node, const char *what)
{
    bt_buf_printf(out, "%s of ", what);
    add_names(out, node->list, "");
}

static void add_of_operand(struct bt_buf *out, const struct bt_kb_node *node, const char *a,
                           const char *verb)
{
    bt_buf_printf(out, "%s %s ", a, verb);
    add_names(out, node->list, "");
}

static void add_filter(struct bt_buf *out, const struct bt_kb_node *node)
{
    bt_buf_text(out, "a third-party ");
    add_names(out, node->list, "");
    bt_buf_text(out,
                node->list.count != 0 ? " filter is loaded" : "file system filter is loaded");
}

static void add_function(struct bt_buf *out, const struct bt_kb_node *node, const char *a,
                         const char *b)
{
    switch (node->op) {
    case BT_KB_OP_LOADED:
        add_names_then(out, node, " is loaded");
        break;
    case BT_KB_OP_UNLOADED:
        add_names_then(out, node, " was unloaded");
        break;
    case BT_KB_OP_ON_STACK:
    case BT_KB_OP_FUNCTION_ON_STACK:
        add_names_then(out, node, " is on the stack");
        break;
    case BT_KB_OP_FAULT_IN:
    case BT_KB_OP_FAULT_IN_FUNCTION:
        bt_buf_text(out, "faulting instruction in ");
        add_names(out, node->list, "");
        break;
    case BT_KB_OP_FILTER_LOADED:
        add_filter(out, node);
        break;
    case BT_KB_OP_SUITE:
        add_names_then(out, node, " edition");
        break;
    case BT_KB_OP_FILE_VERSION:
        add_of_file(out, node, "version");
        break;
    case BT_KB_OP_FILE_BUILT:
        add_of_file(out, node, "link date");
        break;
    case BT_KB_OP_FILE_STAMP:
        add_of_file(out, node, "time stamp");
        break;
    case BT_KB_OP_FILE_CHECKSUM:
        add_of_file(out, node, "checksum");
        break;
    case BT_KB_OP_IMAGE_SIZE:
        add_of_file(out, node, "image size");
        break;
    case BT_KB_OP_FILE_SIZE:
        add_of_file(out, node, "file size");
        break;
    case BT_KB_OP_FAULT_OFFSET:
        bt_buf_text(out, "offset of the fault in ");
        add_names(out, node->list, "");
        break;
    case BT_KB_OP_IN_MODULE:
    case BT_KB_OP_IN_FUNCTION:
        add_of_operand(out, node, a, "lies in");
        break;
    case BT_KB_OP_IN_UNLOADED:
        add_of_operand(out, node, a, "lies where there was");
        break;
    case BT_KB_OP_OFFSET_IN:
        add_of_operand(out, node, a, "as an offset in");
        break;
    case BT_KB_OP_LOW16:
        bt_buf_printf(out, "low 16 bits of %s", a);
        break;
    case BT_KB_OP_HIGH16:
        bt_buf_printf(out, "high 16 bits of %s", a);
        break;
    case BT_KB_OP_LOW32:
        bt_buf_printf(out, "low 32 bits of %s", a);
        break;
    case BT_KB_OP_HIGH32:
        bt_buf_printf(out, "high 32 bits of %s", a);
        break;
    default: // BT_KB_OP_PREFIX
        bt_buf_printf(out, "%s begins with the digits %s", a, b);
        break;
    }
}

static const char *verb_of(enum bt_kb_op op, enum bt_kb_type type)
{
    bool of_version = type == BT_KB_TYPE_VERSION, of_time = type == BT_KB_TYPE_TIME;
    switch (op) {
    case BT_KB_OP_EQ:
        return "is";
    case BT_KB_OP_NE:
        return "is not";
    case BT_KB_OP_LT:
        return of_version ? "is older than" : of_time ? "is before" : "is below";
    case BT_KB_OP_LE:
        return of_version ? "is not newer than" : of_time ? "is not after" : "is at most";
    case BT_KB_OP_GT:
        return of_version ? "is newer than" : of_time ? "is after" : "is above";
    default:
        return of_version ? "is not older than" : of_time ? "is not before" : "is at least";
    }
}

// "3.2.x"
static bool add_block(struct bt_buf *out, const struct bt_kb_range *range)
{
    unsigned parts = bt_version_block_parts(range->low, range->high);
    for (unsigned i = 0; i < parts; i++)
        bt_buf_printf(out, "%u.", bt_file_version_part(range->low, i));
    if (parts != 0)
        bt_buf_char(out, 'x');
    return parts != 0;
}

static void add_range(struct bt_buf *out, enum bt_kb_op fact, const struct bt_kb_range *range)
{
    char low[BT_VALUE_TEXT_SIZE], high[BT_VALUE_TEXT_SIZE];
    if (bt_kb_ops[fact].result == BT_KB_TYPE_VERSION && add_block(out, range))
        return;
    bt_value_text(fact, range->low, low);
    bt_value_text(fact, range->high, high);
    bt_buf_text(out, low);
    if (strcmp(low, high) != 0)
        bt_buf_printf(out, " to %s", high);
}

static void add_set(struct bt_buf *out, const struct bt_kb_node *node, enum bt_kb_op fact,
                    const char *a)
{
    struct bt_kb_range range;
    bt_buf_printf(out, "%s is ", a);
    if (node->list_is_text) {
        add_names(out, node->list, "");
        return;
    }
    for (size_t i = 0; bt_kb_range_at(node->list, i, &range); i++) {
        if (i > 0)
            bt_buf_text(out, joiners[i + 1 == node->list.count]);
        add_range(out, fact, &range);
    }
}

static void add_comparison(struct bt_buf *out, const struct bt_kb_node *node,
                           const struct bt_kb_node *left, const struct bt_kb_node *right,
                           const char *a, const char *b)
{
    char text[BT_VALUE_TEXT_SIZE];
    if (bt_kb_ops[right->op].form == BT_KB_FORM_LITERAL && right->op != BT_KB_OP_WORD) {
        bt_value_text(left->op, right->value, text);
        b = text;
        // As the stop clause puts it, so that it is not said twice.
        if (node->op == BT_KB_OP_EQ && left->op == BT_KB_OP_STOP) {
            bt_buf_printf(out, "stop code 0x%" PRIX64, right->value);
            return;
        }
    }
    bt_buf_printf(out, "%s %s %s", a, verb_of(node->op, bt_kb_ops[left->op].result), b);
}

static void add_not(struct bt_buf *out, const struct bt_kb_node *operand, const char *a)
{
    if (operand->op == BT_KB_OP_LOADED)
        add_names_then(out, operand, " is not loaded");
    else if (operand->op == BT_KB_OP_ON_STACK)
        add_names_then(out, operand, " is not on the stack");
    else
        bt_buf_printf(out, "not: %s", a);
}

static void add_operator(const struct teller *t, struct bt_buf *out,
                         const struct bt_kb_node *node)
{
    struct bt_kb_node left = bt_kb_expr_node(t->expr, node->a);
    struct bt_kb_node right = bt_kb_expr_node(t->expr, node->b);
    const char *a = t->texts[node->a], *b = t->texts[node->b];
    if (node->op == BT_KB_OP_NOT)
        add_not(out, &left, a);
    else if (node->op == BT_KB_OP_AND)
        bt_buf_printf(out, "%s and %s", a, b);
    else if (node->op == BT_KB_OP_OR)
        bt_buf_printf(out, "%s, or %s", a, b);
    else if (node->op == BT_KB_OP_BITS)
        bt_buf_printf(out, "%s & %s", a, b);
    else if (node->op == BT_KB_OP_IN)
        add_set(out, node, left.op, a);
    else
        add_comparison(out, node, &left, &right, a, b);
}

static void add_node(const struct teller *t, struct bt_buf *out, const struct bt_kb_node *node)
{
    char text[BT_VALUE_TEXT_SIZE];
    switch (bt_kb_ops[node->op].form) {
    case BT_KB_FORM_LITERAL:
        if (node->op == BT_KB_OP_WORD) {
            bt_buf_text(out, node->text);
        } else {
            bt_value_text(node->op, node->value, text);
            bt_buf_text(out, text);
        }
        break;
    case BT_KB_FORM_FACT:
        bt_buf_text(out, name_fact(node));
        break;
    case BT_KB_FORM_FUNCTION:
        add_function(out, node, t->texts[node->a], t->texts[node->b]);
        break;
    case BT_KB_FORM_OPERATOR:
        add_operator(t, out, node);
        break;
    }
}

enum bt_status bt_describe_condition(struct bt_kb_expr expr, struct bt_arena *arena,
                                     const char **ret, struct bt_error *err)
{
    struct teller t = {.expr = expr, .arena = arena, .err = err};
    size_t count = bt_kb_expr_size(expr);
    enum bt_status status = BT_OK;
    struct bt_buf out;
    bt_buf_init(&out, 64 << 10);
    *ret = "always";
    for (size_t i = 0; status == BT_OK && i < count; i++) {
        struct bt_kb_node node = bt_kb_expr_node(expr, i);
        bt_buf_clear(&out);
        add_node(&t, &out, &node);
        // Cut before it is used again: operands of hostile conditions may be shared.
        size_t size = out.size < TEXT_LIMIT ? out.size : TEXT_LIMIT;
        status = bt_arena_text(arena, bt_buf_cstr(&out), size, &t.texts[i], err);
    }
    bt_buf_fini(&out);
    if (status == BT_OK && count != 0)
        *ret = t.texts[count - 1];
    return status;
}
