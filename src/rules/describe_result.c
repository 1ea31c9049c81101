// SPDX-License-Identifier: MIT
//
// What the crash says to a condition: the values found, or what would tell.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "rules/describe.h"
#include "rules/describe_value.h"

// Facts told of one condition.
enum { MAX_TOLD = 3 };

static bool is_decimal(enum bt_kb_op fact)
{
    switch (fact) {
    case BT_KB_OP_OS_BUILD:
    case BT_KB_OP_OS_REVISION:
    case BT_KB_OP_OS_SP:
    case BT_KB_OP_CPUS:
    case BT_KB_OP_UPTIME:
    case BT_KB_OP_FILE_SIZE:
        return true;
    default:
        return false;
    }
}

static void date_text(uint64_t value, char ret[BT_VALUE_TEXT_SIZE])
{
    char text[BT_TIME_TEXT_SIZE];
    bt_filetime_text(value, text);
    // The day is enough where the time of day is 00:00, or the last moment of the day.
    struct bt_civil civil = bt_civil_from_filetime(value);
    bool midnight = civil.hour == 0 && civil.minute == 0 && civil.second == 0;
    bool end = civil.hour == 23 && civil.minute == 59 && civil.second == 59;
    snprintf(ret, BT_VALUE_TEXT_SIZE, "%.*s", midnight || end ? 10 : 16, text);
}

void bt_value_text(enum bt_kb_op fact, uint64_t value, char ret[BT_VALUE_TEXT_SIZE])
{
    char version[BT_FILE_VERSION_TEXT_SIZE];
    switch (bt_kb_ops[fact].result) {
    case BT_KB_TYPE_VERSION:
        if (fact == BT_KB_OP_OS_VERSION) {
            snprintf(ret, BT_VALUE_TEXT_SIZE, "%u.%u", bt_file_version_part(value, 0),
                     bt_file_version_part(value, 1));
        } else {
            bt_file_version_text(value, version);
            snprintf(ret, BT_VALUE_TEXT_SIZE, "%s", version);
        }
        break;
    case BT_KB_TYPE_TIME:
        date_text(value, ret);
        break;
    default:
        if (is_decimal(fact))
            snprintf(ret, BT_VALUE_TEXT_SIZE, "%" PRIu64, value);
        else
            snprintf(ret, BT_VALUE_TEXT_SIZE, "0x%" PRIx64, value);
        break;
    }
}

// What would tell a fact that is not known.
static const char *hint_of(const struct bt_facts *facts, const struct bt_kb_node *node,
                           const struct bt_value *value)
{
    bool no_modules = facts->crash->module_count == 0;
    switch (node->op) {
    case BT_KB_OP_LOADED:
    case BT_KB_OP_FILTER_LOADED:
        return no_modules ? "there is no module list: a dump would tell"
                          : "the module list is not complete: another dump would tell";
    case BT_KB_OP_UNLOADED:
    case BT_KB_OP_IN_UNLOADED:
        return "there is no list of unloaded modules: a dump would tell";
    case BT_KB_OP_ON_STACK:
        return facts->crash->frame_count == 0
                   ? "there is no stack: a dump would tell"
                   : "the stack is not whole: a memory dump would tell";
    case BT_KB_OP_FUNCTION_ON_STACK:
    case BT_KB_OP_FAULT_IN_FUNCTION:
    case BT_KB_OP_IN_FUNCTION:
        return "symbols would tell";
    case BT_KB_OP_FAULT_IN:
        return facts->fault_count == 0 ? "the faulting instruction is not known"
                                       : "the modules are not known: a dump would tell";
    case BT_KB_OP_IN_MODULE:
    case BT_KB_OP_OFFSET_IN:
        return no_modules ? "there is no module list: a dump would tell"
                          : "the address could not be placed";
    case BT_KB_OP_FAULT_OFFSET:
        if (value->truth == BT_TRUE)
            return "only the module is known";
        return facts->fault_count == 0 ? "the faulting instruction is not known"
                                       : "the modules are not known: a dump would tell";
    case BT_KB_OP_FILE_VERSION:
        if (value->module == NULL)
            return no_modules ? "there is no module list: a dump would tell"
                              : "the file is not loaded";
        return bt_facts_version_gap(facts);
    case BT_KB_OP_FILE_BUILT:
        if (value->module == NULL)
            return no_modules ? "there is no module list: a dump would tell"
                              : "the file is not loaded";
        return "the build stamp is no date: the image file would tell";
    case BT_KB_OP_FILE_STAMP:
    case BT_KB_OP_FILE_CHECKSUM:
    case BT_KB_OP_IMAGE_SIZE:
    case BT_KB_OP_FILE_SIZE:
        return "the image file would tell";
    default:
        return BT_DETAIL_UNSAID;
    }
}

static void tell_place(struct bt_buf *out, const struct bt_kb_node *node,
                       const struct bt_value *value)
{
    if (value->name == NULL)
        return;
    bt_buf_text(out, value->name);
    if (!value->no_offset && node->op != BT_KB_OP_LOADED && node->op != BT_KB_OP_UNLOADED &&
        node->op != BT_KB_OP_FILTER_LOADED)
        bt_buf_printf(out, "+0x%" PRIx64, value->offset);
    if (value->frame != 0)
        bt_buf_printf(out, ", frame %zu", value->frame - 1);
}

// Whether naming the file again would repeat the condition.
static bool is_told_already(const struct bt_kb_node *node)
{
    return (node->op == BT_KB_OP_LOADED || node->op == BT_KB_OP_UNLOADED) &&
           node->list.count == 1;
}

static void tell_fact(const struct bt_facts *facts, struct bt_buf *out,
                      const struct bt_kb_node *node, const struct bt_value *value)
{
    char text[BT_VALUE_TEXT_SIZE];
    enum bt_kb_type type = bt_kb_ops[node->op].result;
    bool unknown = type == BT_KB_TYPE_TRUTH ? value->truth == BT_UNKNOWN : !value->known;
    if (value->absent && node->op == BT_KB_OP_FAULT_OFFSET) {
        tell_place(out, node, value);
    } else if (unknown) {
        bt_buf_text(out, hint_of(facts, node, value));
    } else if (type == BT_KB_TYPE_TRUTH) {
        if (!is_told_already(node))
            tell_place(out, node, value);
    } else if (type == BT_KB_TYPE_WORD) {
        bt_buf_text(out, value->word);
    } else {
        bt_value_text(node->op, value->number, text);
        bt_buf_text(out, text);
    }
}

// A version that is known and still gives no answer is of another branch.
static void tell_branch(const struct bt_facts *facts, struct bt_buf *out,
                        const struct bt_value *value, enum bt_truth truth)
{
    struct bt_kb_branch branch;
    if (truth != BT_UNKNOWN || !value->known)
        return;
    bt_buf_text(out, ", another servicing branch");
    if (bt_kb_branch_find(facts->kb, value->number, &branch) && branch.branch != NULL &&
        strcmp(branch.branch, "single") != 0)
        bt_buf_printf(out, " (%s)", branch.branch);
}

static bool is_leaf(const struct bt_kb_node *node)
{
    const struct bt_kb_op_info *info = &bt_kb_ops[node->op];
    if (info->form == BT_KB_FORM_FACT)
        return node->op != BT_KB_OP_YES && node->op != BT_KB_OP_NO;
    return info->form == BT_KB_FORM_FUNCTION && info->list != BT_KB_LIST_NONE;
}

// A parameter inside a function is told by the function.
static bool is_inside_function(struct bt_kb_expr expr, size_t index, size_t count)
{
    for (size_t i = index + 1; i < count; i++) {
        struct bt_kb_node user = bt_kb_expr_node(expr, i);
        if (bt_kb_ops[user.op].form == BT_KB_FORM_FUNCTION &&
            bt_kb_ops[user.op].a != BT_KB_TYPE_NONE &&
            bt_kb_ops[user.op].list != BT_KB_LIST_NONE && user.a == index)
            return true;
    }
    return false;
}

// "parameter 1 is 0x8" and it is: nothing is left to say.
static bool is_plain_equality(struct bt_kb_expr expr, const struct bt_evaluation *evaluation)
{
    struct bt_kb_node last = bt_kb_expr_node(expr, evaluation->count - 1);
    return last.op == BT_KB_OP_EQ && evaluation->count == 3 &&
           evaluation->values[2].truth == BT_TRUE &&
           bt_kb_expr_node(expr, 0).op != BT_KB_OP_FILE_BUILT;
}

enum bt_status bt_describe_result(const struct bt_facts *facts, struct bt_kb_expr expr,
                                  const struct bt_evaluation *evaluation,
                                  struct bt_arena *arena, const char **ret,
                                  struct bt_error *err)
{
    struct bt_buf out;
    size_t told = 0, count = evaluation->count;
    *ret = NULL;
    if (count == 0 || is_plain_equality(expr, evaluation))
        return BT_OK;
    enum bt_truth truth = evaluation->values[count - 1].truth;
    bt_buf_init(&out, 4096);
    for (size_t i = 0; i < count && told < MAX_TOLD; i++) {
        struct bt_kb_node node = bt_kb_expr_node(expr, i);
        const struct bt_value *value = &evaluation->values[i];
        size_t before = out.size;
        if (!is_leaf(&node) || is_inside_function(expr, i, count))
            continue;
        if (before != 0)
            bt_buf_text(&out, "; ");
        size_t start = out.size;
        tell_fact(facts, &out, &node, value);
        if (node.op == BT_KB_OP_FILE_VERSION)
            tell_branch(facts, &out, value, truth);
        bool repeated =
            before != 0 && strncmp(bt_buf_cstr(&out), &out.data[start], out.size - start) == 0;
        if (out.size == start || repeated) { // nothing to tell: take the separator back
            out.size = before;
            if (out.data != NULL)
                out.data[before] = '\0';
        } else {
            told++;
        }
    }
    enum bt_status status = BT_OK;
    if (out.size != 0)
        status = bt_arena_text(arena, bt_buf_cstr(&out), out.size, ret, err);
    bt_buf_fini(&out);
    return status;
}
