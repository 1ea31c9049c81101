// SPDX-License-Identifier: MIT
#include "rules/eval_files.h"

#include <string.h>

#include "base/text.h"

static struct bt_value say(enum bt_truth truth)
{
    return (struct bt_value){.truth = truth, .known = truth != BT_UNKNOWN};
}

// The answer where a module was looked for and is not there.
static struct bt_value say_absent(const struct bt_facts *facts)
{
    return say(facts->modules_complete ? BT_FALSE : BT_UNKNOWN);
}

static bool is_listed(const struct bt_facts *facts, const char *name, struct bt_kb_list files)
{
    for (size_t i = 0; i < files.count; i++) {
        if (bt_facts_is_file(facts, name, bt_kb_text(files, i)))
            return true;
    }
    return false;
}

static struct bt_value evaluate_loaded(const struct bt_facts *facts, struct bt_kb_list files)
{
    for (size_t i = 0; i < files.count; i++) {
        const struct bt_module *module = bt_facts_module(facts, bt_kb_text(files, i));
        if (module != NULL) {
            struct bt_value value = say(BT_TRUE);
            value.module = module;
            value.name = module->name;
            return value;
        }
    }
    return say_absent(facts);
}

static struct bt_value evaluate_unloaded(const struct bt_facts *facts, struct bt_kb_list files)
{
    const struct bt_crash *crash = facts->crash;
    for (size_t i = 0; i < crash->unloaded_count; i++) {
        if (is_listed(facts, crash->unloaded[i].name, files)) {
            struct bt_value value = say(BT_TRUE);
            value.name = crash->unloaded[i].name;
            return value;
        }
    }
    // Windows remembers only the last few: an empty list says nothing.
    return say(crash->unloaded_count != 0 ? BT_FALSE : BT_UNKNOWN);
}

// --- Addresses

static struct bt_value locate(const struct bt_facts *facts, bt_va address,
                              struct bt_kb_list files)
{
    const struct bt_module *module = bt_module_at(facts->crash, address);
    if (module == NULL)
        return say(facts->sizes_complete ? BT_FALSE : BT_UNKNOWN);
    struct bt_value value = say(is_listed(facts, module->name, files) ? BT_TRUE : BT_FALSE);
    value.module = module;
    value.name = module->name;
    value.offset = address - module->base;
    return value;
}

static struct bt_value evaluate_in_module(const struct bt_facts *facts,
                                          const struct bt_value *a, struct bt_kb_list files)
{
    return a->known ? locate(facts, a->number, files) : say(BT_UNKNOWN);
}

static struct bt_value evaluate_in_unloaded(const struct bt_facts *facts,
                                            const struct bt_value *a, struct bt_kb_list files)
{
    const struct bt_unloaded_module *gone =
        a->known ? bt_unloaded_at(facts->crash, a->number) : NULL;
    if (!a->known || (gone == NULL && facts->crash->unloaded_count == 0))
        return say(BT_UNKNOWN);
    if (gone == NULL || bt_module_at(facts->crash, a->number) != NULL)
        return say(BT_FALSE);
    struct bt_value value = say(is_listed(facts, gone->name, files) ? BT_TRUE : BT_FALSE);
    value.name = gone->name;
    value.offset = a->number - gone->base;
    return value;
}

// A report in words names the module itself.
static struct bt_value locate_reported(const struct bt_facts *facts, struct bt_kb_list files)
{
    const struct bt_reported_fault *fault = &facts->crash->reported_fault;
    struct bt_value value =
        say(is_listed(facts, fault->module->name, files) ? BT_TRUE : BT_FALSE);
    value.module = fault->module;
    value.name = fault->module->name;
    value.offset = fault->offset.value;
    value.no_offset = !fault->offset.known;
    return value;
}

static struct bt_value evaluate_fault_in(const struct bt_facts *facts, struct bt_kb_list files)
{
    struct bt_value result = say(BT_UNKNOWN);
    if (facts->crash->reported_fault.module != NULL)
        return locate_reported(facts, files);
    for (size_t i = 0; i < facts->fault_count; i++) {
        struct bt_value one = locate(facts, facts->faults[i], files);
        if (one.truth == BT_TRUE)
            return one;
        if (one.truth == BT_FALSE && result.truth == BT_UNKNOWN)
            result = one;
    }
    return result;
}

// Where the fault is certainly elsewhere no offset compares.
static struct bt_value evaluate_fault_offset(const struct bt_facts *facts,
                                             struct bt_kb_list files)
{
    struct bt_value value = evaluate_fault_in(facts, files);
    value.absent = value.truth == BT_FALSE;
    value.known = value.truth == BT_TRUE && !value.no_offset;
    value.number = value.offset;
    return value;
}

static struct bt_value evaluate_offset_in(const struct bt_facts *facts,
                                          const struct bt_value *a, struct bt_kb_list files)
{
    struct bt_value value = evaluate_in_module(facts, a, files);
    value.known = value.truth == BT_TRUE;
    value.number = value.offset;
    return value;
}

// --- The stack

// Whether the stack was walked to its end, so that what is not on it was not there.
static bool is_stack_whole(const struct bt_crash *crash)
{
    const struct bt_stack_memory *stack = &crash->stack;
    if (crash->frame_count == 0 || crash->frame_count == BT_LIMIT_FRAMES)
        return false;
    return stack->base == 0 || stack->end == 0 || stack->end >= stack->base;
}

static struct bt_value evaluate_on_stack(const struct bt_facts *facts, struct bt_kb_list files)
{
    const struct bt_crash *crash = facts->crash;
    for (size_t i = 0; i < crash->frame_count; i++) {
        const struct bt_frame *frame = &crash->frames[i];
        if (frame->module != NULL && is_listed(facts, frame->module->name, files)) {
            struct bt_value value = say(BT_TRUE);
            value.module = frame->module;
            value.name = frame->module->name;
            value.offset = frame->address - frame->module->base;
            value.frame = i + 1;
            return value;
        }
    }
    return say(is_stack_whole(crash) ? BT_FALSE : BT_UNKNOWN);
}

// The nearest export may be a neighbour.
static bool is_named(const struct bt_frame *frame)
{
    return frame->function != NULL && frame->origin != BT_NAME_NEAREST_EXPORT;
}

// "win32k.sys!GreRealizePalette"; the extension of the module may be left out.
static bool is_symbol(const struct bt_facts *facts, const struct bt_frame *frame,
                      const char *symbol)
{
    const char *mark = strchr(symbol, '!');
    if (mark == NULL || frame->module == NULL || frame->module->name == NULL ||
        !is_named(frame) || !bt_ieq(frame->function, &mark[1]))
        return false;
    char file[64];
    size_t size = (size_t)(mark - symbol);
    if (size >= sizeof file)
        return false;
    memcpy(file, symbol, size);
    file[size] = '\0';
    const char *name = frame->module->name, *dot = strrchr(name, '.');
    if (strchr(file, '.') == NULL && dot != NULL)
        return (size_t)(dot - name) == size && bt_ieq_n(name, file, size);
    return bt_facts_is_file(facts, name, file);
}

static bool is_any_symbol(const struct bt_facts *facts, const struct bt_frame *frame,
                          struct bt_kb_list symbols)
{
    for (size_t i = 0; i < symbols.count; i++) {
        if (is_symbol(facts, frame, bt_kb_text(symbols, i)))
            return true;
    }
    return false;
}

static struct bt_value evaluate_function_on_stack(const struct bt_facts *facts,
                                                  struct bt_kb_list symbols)
{
    const struct bt_crash *crash = facts->crash;
    bool named = crash->frame_count != 0;
    for (size_t i = 0; i < crash->frame_count; i++) {
        if (is_any_symbol(facts, &crash->frames[i], symbols)) {
            struct bt_value value = say(BT_TRUE);
            value.frame = i + 1;
            return value;
        }
        named = named && is_named(&crash->frames[i]);
    }
    return say(named && is_stack_whole(crash) ? BT_FALSE : BT_UNKNOWN);
}

// The function of an address is known where a frame of the stack stands there.
static struct bt_value evaluate_function_at(const struct bt_facts *facts, bt_va address,
                                            struct bt_kb_list symbols)
{
    const struct bt_crash *crash = facts->crash;
    for (size_t i = 0; i < crash->frame_count; i++) {
        const struct bt_frame *frame = &crash->frames[i];
        if (frame->address == address && is_named(frame))
            return say(is_any_symbol(facts, frame, symbols) ? BT_TRUE : BT_FALSE);
    }
    return say(BT_UNKNOWN);
}

static struct bt_value evaluate_fault_in_function(const struct bt_facts *facts,
                                                  struct bt_kb_list symbols)
{
    enum bt_truth result = facts->fault_count == 0 ? BT_UNKNOWN : BT_FALSE;
    for (size_t i = 0; i < facts->fault_count; i++)
        result =
            bt_truth_or(result, evaluate_function_at(facts, facts->faults[i], symbols).truth);
    return say(result);
}

// --- Classes and suites

static bool is_wanted_filter(const struct bt_facts *facts, const char *name,
                             struct bt_kb_list classes)
{
    struct bt_kb_filter filter;
    enum bt_kb_role role = bt_kb_role_of(facts->kb, name);
    if (role == BT_KB_ROLE_KERNEL || role == BT_KB_ROLE_INFRASTRUCTURE ||
        role == BT_KB_ROLE_INBOX)
        return false;
    for (size_t i = 0; bt_kb_filter_at(facts->kb, name, i, &filter); i++) {
        if (classes.count == 0)
            return true;
        for (size_t k = 0; k < classes.count; k++) {
            if (bt_ieq(filter.filter_class, bt_kb_text(classes, k)))
                return true;
        }
    }
    return false;
}

static struct bt_value evaluate_filter_loaded(const struct bt_facts *facts,
                                              struct bt_kb_list classes)
{
    const struct bt_crash *crash = facts->crash;
    for (size_t i = 0; i < crash->module_count; i++) {
        const char *name = crash->modules[i].name;
        if (name != NULL && is_wanted_filter(facts, name, classes)) {
            struct bt_value value = say(BT_TRUE);
            value.module = &crash->modules[i];
            value.name = name;
            return value;
        }
    }
    return say_absent(facts);
}

static struct bt_value evaluate_suite(const struct bt_facts *facts, struct bt_kb_list words)
{
    struct bt_opt32 mask = facts->crash->system.suite_mask;
    if (!mask.known)
        return say(BT_UNKNOWN);
    for (size_t i = 0; i < words.count; i++) {
        size_t index = 0;
        if (bt_kb_word_find(&bt_kb_suites, bt_kb_text(words, i), &index) &&
            (mask.value & bt_kb_suite_bits[index]) != 0)
            return say(BT_TRUE);
    }
    return say(BT_FALSE);
}

// --- Values of one file

static struct bt_value evaluate_of_file(const struct bt_facts *facts, enum bt_kb_op op,
                                        const char *file)
{
    const struct bt_module *module = bt_facts_module(facts, file);
    struct bt_opt64 number = {0};
    if (module == NULL)
        return (struct bt_value){.absent = facts->modules_complete};
    switch (op) {
    case BT_KB_OP_FILE_VERSION:
        number = module->file_version;
        break;
    case BT_KB_OP_FILE_BUILT:
        number = bt_facts_link_date(facts, module);
        break;
    case BT_KB_OP_FILE_STAMP:
        number = (struct bt_opt64){module->timestamp.value, module->timestamp.known};
        break;
    case BT_KB_OP_FILE_CHECKSUM:
        number = (struct bt_opt64){module->checksum.value, module->checksum.known};
        break;
    case BT_KB_OP_IMAGE_SIZE:
        number = (struct bt_opt64){module->size, module->size != 0};
        break;
    default: // BT_KB_OP_FILE_SIZE
        number = (struct bt_opt64){module->file_size.value, module->file_size.known};
        break;
    }
    return (struct bt_value){
        .known = number.known, .number = number.value, .module = module, .name = module->name};
}

struct bt_value bt_evaluate_files(const struct bt_facts *facts, const struct bt_kb_node *node,
                                  const struct bt_value *a)
{
    switch (node->op) {
    case BT_KB_OP_LOADED:
        return evaluate_loaded(facts, node->list);
    case BT_KB_OP_UNLOADED:
        return evaluate_unloaded(facts, node->list);
    case BT_KB_OP_ON_STACK:
        return evaluate_on_stack(facts, node->list);
    case BT_KB_OP_FAULT_IN:
        return evaluate_fault_in(facts, node->list);
    case BT_KB_OP_FUNCTION_ON_STACK:
        return evaluate_function_on_stack(facts, node->list);
    case BT_KB_OP_FAULT_IN_FUNCTION:
        return evaluate_fault_in_function(facts, node->list);
    case BT_KB_OP_FILTER_LOADED:
        return evaluate_filter_loaded(facts, node->list);
    case BT_KB_OP_SUITE:
        return evaluate_suite(facts, node->list);
    case BT_KB_OP_IN_MODULE:
        return evaluate_in_module(facts, a, node->list);
    case BT_KB_OP_IN_UNLOADED:
        return evaluate_in_unloaded(facts, a, node->list);
    case BT_KB_OP_IN_FUNCTION:
        return a->known ? evaluate_function_at(facts, a->number, node->list) : say(BT_UNKNOWN);
    case BT_KB_OP_FAULT_OFFSET:
        return evaluate_fault_offset(facts, node->list);
    case BT_KB_OP_OFFSET_IN:
        return evaluate_offset_in(facts, a, node->list);
    default:
        return evaluate_of_file(facts, node->op, bt_kb_text(node->list, 0));
    }
}
