// SPDX-License-Identifier: MIT
#include "kb/expr.h"

#include <assert.h>

#include "base/attributes.h"
#include "kb/image.h"

#define NUMBER  BT_KB_TYPE_NUMBER
#define TRUTH   BT_KB_TYPE_TRUTH
#define VERSION BT_KB_TYPE_VERSION
#define TIME    BT_KB_TYPE_TIME
#define WORD    BT_KB_TYPE_WORD
#define NONE    BT_KB_TYPE_NONE

#define LITERAL(type)                                                                          \
    {                                                                                          \
        NULL, BT_KB_FORM_LITERAL, type, NONE, NONE, BT_KB_LIST_NONE, NULL                      \
    }
#define FACT(name, type, words)                                                                \
    {                                                                                          \
        name, BT_KB_FORM_FACT, type, NONE, NONE, BT_KB_LIST_NONE, words                        \
    }
#define OF_FILES(name, type, kind)                                                             \
    {                                                                                          \
        name, BT_KB_FORM_FUNCTION, type, NONE, NONE, BT_KB_LIST_##kind, NULL                   \
    }
#define OF_WORDS(name, words)                                                                  \
    {                                                                                          \
        name, BT_KB_FORM_FUNCTION, TRUTH, NONE, NONE, BT_KB_LIST_WORDS, words                  \
    }
#define OF_NUMBER(name, type, kind)                                                            \
    {                                                                                          \
        name, BT_KB_FORM_FUNCTION, type, NUMBER, NONE, BT_KB_LIST_##kind, NULL                 \
    }
// Operands of comparisons have one type, whichever it is: the checks know.
#define OPERATOR(name, a, b, kind)                                                             \
    {                                                                                          \
        name, BT_KB_FORM_OPERATOR, TRUTH, a, b, BT_KB_LIST_##kind, NULL                        \
    }

const struct bt_kb_op_info bt_kb_ops[BT_KB_OPS] = {
    [BT_KB_OP_NUMBER] = LITERAL(NUMBER),
    [BT_KB_OP_VERSION] = LITERAL(VERSION),
    [BT_KB_OP_TIME] = LITERAL(TIME),
    [BT_KB_OP_WORD] = LITERAL(WORD),
    [BT_KB_OP_YES] = FACT("yes", TRUTH, NULL),
    [BT_KB_OP_NO] = FACT("no", TRUTH, NULL),

    [BT_KB_OP_STOP] = FACT("stop", NUMBER, NULL),
    [BT_KB_OP_STOP_RAW] = FACT("stop.raw", NUMBER, NULL),
    [BT_KB_OP_PARAMETER] = FACT("p1", NUMBER, NULL), // p2 to p4 likewise: the parser knows
    [BT_KB_OP_OS_BUILD] = FACT("os.build", NUMBER, NULL),
    [BT_KB_OP_OS_REVISION] = FACT("os.revision", NUMBER, NULL),
    [BT_KB_OP_OS_VERSION] = FACT("os.version", VERSION, NULL),
    [BT_KB_OP_OS_SP] = FACT("os.sp", NUMBER, NULL),
    [BT_KB_OP_OS_PRODUCT] = FACT("os.product", WORD, &bt_kb_product_types),
    [BT_KB_OP_OS_NAME] = FACT("os.name", WORD, NULL),
    [BT_KB_OP_OS_CHECKED] = FACT("os.checked", TRUTH, NULL),
    [BT_KB_OP_OS_PAE] = FACT("os.pae", TRUTH, NULL),
    [BT_KB_OP_OS_PLATFORM] = FACT("os.platform", WORD, &bt_kb_platforms),
    [BT_KB_OP_ARCH] = FACT("arch", WORD, &bt_kb_architectures),
    [BT_KB_OP_CPUS] = FACT("cpus", NUMBER, NULL),
    [BT_KB_OP_CPU_VENDOR] = FACT("cpu.vendor", WORD, NULL),
    [BT_KB_OP_PROCESS] = FACT("process", WORD, NULL),
    [BT_KB_OP_UPTIME] = FACT("uptime", NUMBER, NULL),
    [BT_KB_OP_CRASHED] = FACT("crashed", TIME, NULL),
    [BT_KB_OP_EXCEPTION] = FACT("exception", NUMBER, NULL),
    [BT_KB_OP_EXCEPTION_ADDRESS] = FACT("exception.address", NUMBER, NULL),
    // exception.p2 to exception.p4 likewise
    [BT_KB_OP_EXCEPTION_PARAMETER] = FACT("exception.p1", NUMBER, NULL),
    [BT_KB_OP_EXCEPTION_ACCESS] = FACT("exception.access", WORD, &bt_kb_accesses),
    [BT_KB_OP_EXCEPTION_TARGET] = FACT("exception.target", NUMBER, NULL),
    [BT_KB_OP_FORMAT] = FACT("format", WORD, &bt_kb_formats),
    [BT_KB_OP_LIVE] = FACT("live", TRUTH, NULL),
    [BT_KB_OP_UNFIXED] = FACT("unfixed", TRUTH, NULL),

    [BT_KB_OP_LOADED] = OF_FILES("loaded", TRUTH, FILES),
    [BT_KB_OP_UNLOADED] = OF_FILES("unloaded", TRUTH, FILES),
    [BT_KB_OP_ON_STACK] = OF_FILES("on_stack", TRUTH, FILES),
    [BT_KB_OP_FAULT_IN] = OF_FILES("fault_in", TRUTH, FILES),
    [BT_KB_OP_FUNCTION_ON_STACK] = OF_FILES("function_on_stack", TRUTH, SYMBOL),
    [BT_KB_OP_FAULT_IN_FUNCTION] = OF_FILES("fault_in_function", TRUTH, SYMBOL),
    [BT_KB_OP_FILTER_LOADED] = OF_WORDS("filter_loaded", &bt_kb_filter_classes),
    [BT_KB_OP_SUITE] = OF_WORDS("suite", &bt_kb_suites),
    [BT_KB_OP_FILE_VERSION] = OF_FILES("version", VERSION, FILE),
    [BT_KB_OP_FILE_BUILT] = OF_FILES("built", TIME, FILE),
    [BT_KB_OP_FILE_STAMP] = OF_FILES("stamp", NUMBER, FILE),
    [BT_KB_OP_FILE_CHECKSUM] = OF_FILES("checksum", NUMBER, FILE),
    [BT_KB_OP_IMAGE_SIZE] = OF_FILES("image_size", NUMBER, FILE),
    [BT_KB_OP_FILE_SIZE] = OF_FILES("file_size", NUMBER, FILE),
    [BT_KB_OP_FAULT_OFFSET] = OF_FILES("fault_offset", NUMBER, FILE),

    [BT_KB_OP_IN_MODULE] = OF_NUMBER("in_module", TRUTH, FILES),
    [BT_KB_OP_IN_UNLOADED] = OF_NUMBER("in_unloaded", TRUTH, FILES),
    [BT_KB_OP_IN_FUNCTION] = OF_NUMBER("in_function", TRUTH, SYMBOL),
    [BT_KB_OP_OFFSET_IN] = OF_NUMBER("offset_in", NUMBER, FILE),
    [BT_KB_OP_LOW16] = OF_NUMBER("low16", NUMBER, NONE),
    [BT_KB_OP_HIGH16] = OF_NUMBER("high16", NUMBER, NONE),
    [BT_KB_OP_LOW32] = OF_NUMBER("low32", NUMBER, NONE),
    [BT_KB_OP_HIGH32] = OF_NUMBER("high32", NUMBER, NONE),
    [BT_KB_OP_PREFIX] = {"prefix", BT_KB_FORM_FUNCTION, TRUTH, NUMBER, NUMBER, BT_KB_LIST_NONE,
                         NULL},
    [BT_KB_OP_BITS] = {"&", BT_KB_FORM_OPERATOR, NUMBER, NUMBER, NUMBER, BT_KB_LIST_NONE, NULL},

    [BT_KB_OP_EQ] = OPERATOR("==", NONE, NONE, NONE),
    [BT_KB_OP_NE] = OPERATOR("!=", NONE, NONE, NONE),
    [BT_KB_OP_LT] = OPERATOR("<", NONE, NONE, NONE),
    [BT_KB_OP_LE] = OPERATOR("<=", NONE, NONE, NONE),
    [BT_KB_OP_GT] = OPERATOR(">", NONE, NONE, NONE),
    [BT_KB_OP_GE] = OPERATOR(">=", NONE, NONE, NONE),
    [BT_KB_OP_IN] = OPERATOR("in", NONE, NONE, SET),
    [BT_KB_OP_NOT] = OPERATOR("not", TRUTH, NONE, NONE),
    [BT_KB_OP_AND] = OPERATOR("and", TRUTH, TRUTH, NONE),
    [BT_KB_OP_OR] = OPERATOR("or", TRUTH, TRUTH, NONE),
};

static const char *const suite_items[] = {
    "small-business", "enterprise", "backoffice",
    "communications", "terminal",   "small-business-restricted",
    "embedded",       "datacenter", "single-user-ts",
    "personal",       "web",        "embedded-restricted",
    "storage",        "compute",    "home-server",
};
const struct bt_kb_words bt_kb_suites = {suite_items, BT_COUNT(suite_items)};
const uint32_t bt_kb_suite_bits[] = {0x1,   0x2,   0x4,   0x8,   0x10,   0x20,   0x40,  0x80,
                                     0x100, 0x200, 0x400, 0x800, 0x2000, 0x4000, 0x8000};
static_assert(BT_COUNT(suite_items) == BT_COUNT(bt_kb_suite_bits), "one bit for each suite");

static const char *const format_items[] = {
    "kernel-triage", "kernel-full",   "kernel-summary", "kernel-bitmap",
    "kernel-ranges", "kernel-header", "user-minidump",
};
const struct bt_kb_words bt_kb_formats = {format_items, BT_COUNT(format_items)};

static const char *const access_items[] = {"read", "write", "execute"};
const struct bt_kb_words bt_kb_accesses = {access_items, BT_COUNT(access_items)};

static const char *const platform_items[] = {"windows", "linux", "android", "macos", "ios"};
const struct bt_kb_words bt_kb_platforms = {platform_items, BT_COUNT(platform_items)};

static const char *const filter_class_items[] = {
    "filter",
    "activity-monitor",
    "undelete",
    "anti-virus",
    "replication",
    "continuous-backup",
    "content-screener",
    "quota-management",
    "system-recovery",
    "cluster-file-system",
    "hsm",
    "imaging",
    "compression",
    "encryption",
    "virtualization",
    "physical-quota-management",
    "open-file",
    "security-enhancer",
    "copy-protection",
    "top",
    "bottom",
    "system",
};
const struct bt_kb_words bt_kb_filter_classes = {filter_class_items,
                                                 BT_COUNT(filter_class_items)};

bool bt_kb_op_is_comparison(enum bt_kb_op op)
{
    return op >= BT_KB_OP_EQ && op <= BT_KB_OP_GE;
}

static size_t expr_first(struct bt_kb_expr expr)
{
    return bt_kb_word(expr.image, BT_KB_EXPRS, expr.index, EXPR_NODES);
}

size_t bt_kb_expr_size(struct bt_kb_expr expr)
{
    return expr.image ? bt_kb_word(expr.image, BT_KB_EXPRS, expr.index, EXPR_NODES + 1) : 0;
}

const char *bt_kb_expr_source(struct bt_kb_expr expr)
{
    return expr.image ? bt_kb_text_of(expr.image, BT_KB_EXPRS, expr.index, EXPR_SOURCE) : NULL;
}

struct bt_kb_node bt_kb_expr_node(struct bt_kb_expr expr, size_t index)
{
    const struct bt_kb_image *image = expr.image;
    uint32_t row = (uint32_t)(expr_first(expr) + index);
    struct bt_kb_node node = {
        .op = (enum bt_kb_op)bt_kb_word(image, BT_KB_NODES, row, NODE_OP),
        .a = bt_kb_word(image, BT_KB_NODES, row, NODE_A),
        .b = bt_kb_word(image, BT_KB_NODES, row, NODE_B),
        .list = bt_kb_list_of(image, BT_KB_NODES, row, NODE_LIST),
        .text = bt_kb_text_of(image, BT_KB_NODES, row, NODE_TEXT),
        .value = bt_kb_wide(image, BT_KB_NODES, row, NODE_VALUE),
    };
    node.list_is_text = bt_kb_ops[node.op].list != BT_KB_LIST_SET || node.text != NULL;
    return node;
}

bool bt_kb_range_at(struct bt_kb_list list, size_t index, struct bt_kb_range *ret)
{
    if (index >= list.count)
        return false;
    uint32_t row = list.first + (uint32_t)index;
    ret->low = bt_kb_wide(list.image, BT_KB_RANGES, row, RANGE_LOW);
    ret->high = bt_kb_wide(list.image, BT_KB_RANGES, row, RANGE_HIGH);
    return true;
}
