// SPDX-License-Identifier: MIT
#include "rules/eval.h"

#include <string.h>

#include "base/text.h"
#include "rules/eval_files.h"
#include "rules/rules.h"

static struct bt_value of_number(struct bt_opt64 number)
{
    return (struct bt_value){.known = number.known, .number = number.value};
}

static struct bt_value of_number32(struct bt_opt32 number)
{
    return (struct bt_value){.known = number.known, .number = number.value};
}

static struct bt_value of_word(const char *word)
{
    return (struct bt_value){.known = word != NULL, .word = word};
}

static struct bt_value of_truth(enum bt_truth truth)
{
    return (struct bt_value){.truth = truth, .known = truth != BT_UNKNOWN};
}

static struct bt_value of_bool(bool value)
{
    return of_truth(value ? BT_TRUE : BT_FALSE);
}

// "6.0", from the dump or from what is known of its build.
static struct bt_value evaluate_os_version(const struct bt_facts *facts)
{
    const struct bt_system *system = &facts->crash->system;
    struct bt_kb_product product;
    bt_file_version version = 0;
    if (system->major.known && system->minor.known)
        return of_number(
            bt_some64(bt_file_version_make(system->major.value, system->minor.value, 0, 0)));
    if (system->build.known &&
        bt_kb_product_find(facts->kb, system->build.value, system->product_type, NULL,
                           &product) &&
        bt_parse_file_version(product.nt, &version))
        return of_number(bt_some64(version));
    return (struct bt_value){0};
}

static struct bt_value evaluate_seconds(struct bt_opt64 ticks)
{
    ticks.value /= BT_TICKS_PER_SECOND;
    return of_number(ticks);
}

static struct bt_value evaluate_fact(const struct bt_facts *facts,
                                     const struct bt_kb_node *node)
{
    const struct bt_crash *crash = facts->crash;
    const struct bt_system *system = &crash->system;
    switch (node->op) {
    case BT_KB_OP_STOP:
        return crash->stop.present ? of_number(bt_some64(crash->stop.code))
                                   : (struct bt_value){0};
    case BT_KB_OP_STOP_RAW:
        return crash->stop.present ? of_number(bt_some64(crash->stop.raw))
                                   : (struct bt_value){0};
    case BT_KB_OP_PARAMETER:
        return of_number(bt_facts_parameter(facts, (unsigned)node->value));
    case BT_KB_OP_OS_BUILD:
        return of_number32(system->build);
    case BT_KB_OP_OS_REVISION:
        return of_number32(system->revision);
    case BT_KB_OP_OS_VERSION:
        return evaluate_os_version(facts);
    case BT_KB_OP_OS_SP:
        return of_number32(bt_facts_service_pack(facts));
    case BT_KB_OP_OS_PRODUCT:
        return of_word(system->product_type == BT_PRODUCT_UNKNOWN
                           ? NULL
                           : bt_product_type_name(system->product_type));
    case BT_KB_OP_OS_NAME:
        return of_word(system->name);
    case BT_KB_OP_OS_CHECKED:
        return of_bool(system->checked_build);
    case BT_KB_OP_OS_PAE:
        return of_bool(system->pae);
    case BT_KB_OP_OS_PLATFORM:
        return of_word(bt_platform_name(system->platform));
    case BT_KB_OP_ARCH:
        return of_word(bt_arch_name(system->arch));
    case BT_KB_OP_CPUS:
        return of_number32(system->processors);
    case BT_KB_OP_CPU_VENDOR:
        return of_word(system->processor_vendor);
    case BT_KB_OP_PROCESS:
        return of_word(crash->process.name);
    case BT_KB_OP_UPTIME:
        return evaluate_seconds(crash->uptime);
    case BT_KB_OP_CRASHED:
        return of_number(crash->time);
    case BT_KB_OP_EXCEPTION:
        return crash->exception.present && !crash->exception.code_unknown
                   ? of_number(bt_some64(crash->exception.code))
                   : (struct bt_value){0};
    case BT_KB_OP_EXCEPTION_ADDRESS:
        return of_number(bt_facts_exception_address(facts));
    case BT_KB_OP_EXCEPTION_PARAMETER:
        return of_number(bt_facts_exception_parameter(facts, (unsigned)node->value));
    case BT_KB_OP_EXCEPTION_ACCESS:
        return of_word(bt_facts_access(facts));
    case BT_KB_OP_EXCEPTION_TARGET:
        return of_number(bt_facts_target(facts));
    case BT_KB_OP_FORMAT:
        return of_word(bt_format_name(crash->format));
    case BT_KB_OP_LIVE:
        return of_bool(crash->live);
    case BT_KB_OP_UNFIXED:
        return of_truth(facts->unfixed);
    default:
        return (struct bt_value){0};
    }
}

// --- Numbers

// The first hexadecimal digits of `value`, counted from its highest that is not 0.
static bool has_prefix(uint64_t value, uint64_t prefix)
{
    while (value > prefix)
        value >>= 4;
    return value == prefix;
}

static struct bt_value evaluate_number(enum bt_kb_op op, const struct bt_value *a,
                                       const struct bt_value *b)
{
    struct bt_value result = {.known = a->known, .number = a->number};
    switch (op) {
    case BT_KB_OP_LOW16:
        result.number &= 0xffff;
        break;
    case BT_KB_OP_HIGH16:
        result.number = result.number >> 16 & 0xffff;
        break;
    case BT_KB_OP_LOW32:
        result.number &= UINT32_MAX;
        break;
    case BT_KB_OP_HIGH32:
        result.number >>= 32;
        break;
    case BT_KB_OP_PREFIX:
        if (!a->known || !b->known)
            return of_truth(BT_UNKNOWN);
        return of_bool(has_prefix(a->number, b->number));
    default: // BT_KB_OP_BITS
        result.known = a->known && b->known;
        result.number = a->number & b->number;
        break;
    }
    return result;
}

// A 64-bit system holds 32-bit values (status values above all) extended by their sign.
static bool is_same_number(uint64_t found, uint64_t stated)
{
    bool negative = stated <= UINT32_MAX && (stated & 0x80000000) != 0;
    return found == stated || (negative && found == (stated | ~(uint64_t)UINT32_MAX));
}

// --- Comparisons

enum { PROCESS_NAME_SIZE = 15 }; // kernel dumps keep no more

static bool is_same_word(enum bt_kb_op fact, const char *found, const char *stated)
{
    size_t size = strlen(found);
    if (bt_ieq(found, stated))
        return true;
    return fact == BT_KB_OP_PROCESS && size >= PROCESS_NAME_SIZE - 1 && strlen(stated) > size &&
           bt_ieq_n(found, stated, size);
}

// Dates of third-party builds are printed without a time zone: a day either way.
static bool is_same_time(uint64_t found, uint64_t stated)
{
    uint64_t distance = found > stated ? found - stated : stated - found;
    return distance <= 24 * 3600 * BT_TICKS_PER_SECOND;
}

static enum bt_truth decide(enum bt_kb_op op, int order)
{
    bool holds = false;
    switch (op) {
    case BT_KB_OP_EQ:
        holds = order == 0;
        break;
    case BT_KB_OP_NE:
        holds = order != 0;
        break;
    case BT_KB_OP_LT:
        holds = order < 0;
        break;
    case BT_KB_OP_LE:
        holds = order <= 0;
        break;
    case BT_KB_OP_GT:
        holds = order > 0;
        break;
    default:
        holds = order >= 0;
        break;
    }
    return holds ? BT_TRUE : BT_FALSE;
}

static int order_of(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

// Versions of one branch have an order; of others only equality is known.
static enum bt_truth compare_versions(const struct bt_facts *facts, enum bt_kb_op op,
                                      uint64_t a, uint64_t b)
{
    if (a == b)
        return decide(op, 0);
    if (op == BT_KB_OP_EQ || op == BT_KB_OP_NE)
        return decide(op, 1);
    switch (bt_kb_compare(facts->kb, a, b)) {
    case BT_KB_SAME:
        return decide(op, 0);
    case BT_KB_OLDER:
    case BT_KB_EARLIER_SP:
        return decide(op, -1);
    case BT_KB_NEWER:
    case BT_KB_LATER_SP:
        return decide(op, 1);
    case BT_KB_GDR_OF_LDR:
    case BT_KB_OTHER:
        break;
    }
    return BT_UNKNOWN;
}

static enum bt_truth compare_truths(enum bt_kb_op op, enum bt_truth a, enum bt_truth b)
{
    if (a == BT_UNKNOWN || b == BT_UNKNOWN)
        return BT_UNKNOWN;
    return decide(op, a == b ? 0 : 1);
}

static enum bt_truth compare(const struct bt_facts *facts, enum bt_kb_op op, enum bt_kb_op fact,
                             const struct bt_value *a, const struct bt_value *b)
{
    enum bt_kb_type type = bt_kb_ops[fact].result;
    bool equality = op == BT_KB_OP_EQ || op == BT_KB_OP_NE;
    if (type == BT_KB_TYPE_TRUTH)
        return compare_truths(op, a->truth, b->truth);
    if (a->absent || b->absent)
        return BT_FALSE;
    if (!a->known || !b->known)
        return BT_UNKNOWN;
    if (type == BT_KB_TYPE_WORD)
        return decide(op, is_same_word(fact, a->word, b->word) ? 0 : 1);
    if (type == BT_KB_TYPE_VERSION)
        return fact == BT_KB_OP_OS_VERSION ? decide(op, order_of(a->number, b->number))
                                           : compare_versions(facts, op, a->number, b->number);
    if (equality && type == BT_KB_TYPE_TIME)
        return decide(op, is_same_time(a->number, b->number) ? 0 : 1);
    if (equality)
        return decide(op, is_same_number(a->number, b->number) ? 0 : 1);
    return decide(op, order_of(a->number, b->number));
}

// --- Sets

static enum bt_truth is_in_words(enum bt_kb_op fact, const struct bt_value *a,
                                 struct bt_kb_list words)
{
    for (size_t i = 0; i < words.count; i++) {
        if (is_same_word(fact, a->word, bt_kb_text(words, i)))
            return BT_TRUE;
    }
    return BT_FALSE;
}

static enum bt_truth is_in_range(const struct bt_facts *facts, enum bt_kb_op fact,
                                 uint64_t value, const struct bt_kb_range *range)
{
    enum bt_kb_type type = bt_kb_ops[fact].result;
    bool single = range->low == range->high;
    if (type == BT_KB_TYPE_VERSION && fact != BT_KB_OP_OS_VERSION) {
        if (single)
            return compare_versions(facts, BT_KB_OP_EQ, value, range->low);
        // "3.2.x" asks for the first parts and not for what is newer.
        if (bt_version_block_parts(range->low, range->high) != 0)
            return value >= range->low && value <= range->high ? BT_TRUE : BT_FALSE;
        return bt_truth_and(compare_versions(facts, BT_KB_OP_GE, value, range->low),
                            compare_versions(facts, BT_KB_OP_LE, value, range->high));
    }
    if (single && type == BT_KB_TYPE_TIME)
        return is_same_time(value, range->low) ? BT_TRUE : BT_FALSE;
    if (single)
        return is_same_number(value, range->low) ? BT_TRUE : BT_FALSE;
    return value >= range->low && value <= range->high ? BT_TRUE : BT_FALSE;
}

static enum bt_truth is_in_set(const struct bt_facts *facts, enum bt_kb_op fact,
                               const struct bt_value *a, const struct bt_kb_node *node)
{
    enum bt_truth result = BT_FALSE;
    struct bt_kb_range range;
    if (a->absent)
        return BT_FALSE;
    if (!a->known)
        return BT_UNKNOWN;
    if (node->list_is_text)
        return is_in_words(fact, a, node->list);
    for (size_t i = 0; bt_kb_range_at(node->list, i, &range); i++)
        result = bt_truth_or(result, is_in_range(facts, fact, a->number, &range));
    return result;
}

// --- Nodes

static struct bt_value evaluate_operator(const struct bt_facts *facts,
                                         const struct bt_kb_node *node, enum bt_kb_op fact,
                                         const struct bt_value *a, const struct bt_value *b)
{
    switch (node->op) {
    case BT_KB_OP_NOT:
        return of_truth(bt_truth_not(a->truth));
    case BT_KB_OP_AND:
        return of_truth(bt_truth_and(a->truth, b->truth));
    case BT_KB_OP_OR:
        return of_truth(bt_truth_or(a->truth, b->truth));
    case BT_KB_OP_IN:
        return of_truth(is_in_set(facts, fact, a, node));
    case BT_KB_OP_BITS:
        return evaluate_number(node->op, a, b);
    default:
        return of_truth(compare(facts, node->op, fact, a, b));
    }
}

static struct bt_value evaluate_node(const struct bt_facts *facts, struct bt_kb_expr expr,
                                     const struct bt_kb_node *node,
                                     const struct bt_value *values)
{
    const struct bt_value *a = &values[node->a], *b = &values[node->b];
    switch (bt_kb_ops[node->op].form) {
    case BT_KB_FORM_LITERAL:
        if (node->op == BT_KB_OP_WORD)
            return of_word(node->text);
        return of_number(bt_some64(node->value));
    case BT_KB_FORM_FACT:
        if (node->op == BT_KB_OP_YES || node->op == BT_KB_OP_NO)
            return of_bool(node->op == BT_KB_OP_YES);
        return evaluate_fact(facts, node);
    case BT_KB_FORM_FUNCTION:
        if (node->op >= BT_KB_OP_LOW16 && node->op <= BT_KB_OP_PREFIX)
            return evaluate_number(node->op, a, b);
        return bt_evaluate_files(facts, node, a);
    case BT_KB_FORM_OPERATOR:
        // What is compared decides how: the operation of the left side.
        return evaluate_operator(facts, node, bt_kb_expr_node(expr, node->a).op, a, b);
    }
    return (struct bt_value){.truth = BT_UNKNOWN};
}

enum bt_truth bt_evaluate(const struct bt_facts *facts, struct bt_kb_expr expr,
                          struct bt_evaluation *ret)
{
    // Operands stand before their operators (the loader has checked that), so one pass does.
    ret->count = bt_kb_expr_size(expr);
    for (size_t i = 0; i < ret->count; i++) {
        struct bt_kb_node node = bt_kb_expr_node(expr, i);
        ret->values[i] = evaluate_node(facts, expr, &node, ret->values);
    }
    return ret->count == 0 ? BT_TRUE : ret->values[ret->count - 1].truth;
}
