// SPDX-License-Identifier: MIT
#include "rules/crash_facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rules/eval.h"

// Builds from here on are mostly linked reproducibly: their stamps are hashes, not dates.
enum { FIRST_HASHED_BUILD = 10240 };

enum bt_truth bt_truth_and(enum bt_truth a, enum bt_truth b)
{
    if (a == BT_FALSE || b == BT_FALSE)
        return BT_FALSE;
    return a == BT_TRUE && b == BT_TRUE ? BT_TRUE : BT_UNKNOWN;
}

enum bt_truth bt_truth_or(enum bt_truth a, enum bt_truth b)
{
    if (a == BT_TRUE || b == BT_TRUE)
        return BT_TRUE;
    return a == BT_FALSE && b == BT_FALSE ? BT_FALSE : BT_UNKNOWN;
}

enum bt_truth bt_truth_not(enum bt_truth a)
{
    if (a == BT_UNKNOWN)
        return BT_UNKNOWN;
    return a == BT_TRUE ? BT_FALSE : BT_TRUE;
}

struct bt_opt64 bt_facts_parameter(const struct bt_facts *facts, unsigned p)
{
    const struct bt_stop *stop = &facts->crash->stop;
    if (!stop->present || p == 0 || p > stop->parameter_count || p > 4)
        return (struct bt_opt64){0};
    uint64_t value = stop->parameters[p - 1];
    return bt_some64(stop->parameter_bits == 32 ? value & UINT32_MAX : value);
}

// --- Modules

static int compare_modules(const void *a, const void *b)
{
    const struct bt_facts_module *x = a, *y = b;
    int order = bt_casecmp(x->name, y->name);
    if (order == 0 && x->module != y->module)
        order = x->module < y->module ? -1 : 1; // the first of the list stays first
    return order;
}

enum bt_status bt_facts_index_modules(struct bt_facts *facts, struct bt_arena *arena,
                                      struct bt_error *err)
{
    const struct bt_crash *crash = facts->crash;
    BT_TRY(
        bt_arena_alloc(arena, crash->module_count, sizeof *facts->index, &facts->index, err));
    for (size_t i = 0; i < crash->module_count; i++) {
        const char *name = crash->modules[i].name;
        facts->index[i] = (struct bt_facts_module){
            .name = bt_kb_canonical_file(facts->kb, name != NULL ? name : ""),
            .module = &crash->modules[i],
        };
    }
    if (crash->module_count > 1)
        qsort(facts->index, crash->module_count, sizeof *facts->index, compare_modules);
    return BT_OK;
}

static const struct bt_module *find_in_index(const struct bt_facts *facts, const char *name)
{
    size_t low = 0, high = facts->crash->module_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bt_casecmp(facts->index[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < facts->crash->module_count && bt_ieq(facts->index[low].name, name);
    return found ? facts->index[low].module : NULL;
}

bool bt_facts_is_file(const struct bt_facts *facts, const char *name, const char *file)
{
    return name != NULL && bt_kb_same_file(facts->kb, name, file);
}

const struct bt_module *bt_facts_module(const struct bt_facts *facts, const char *file)
{
    if (facts->index != NULL)
        return find_in_index(facts, bt_kb_canonical_file(facts->kb, file));
    for (size_t i = 0; i < facts->crash->module_count; i++) {
        if (bt_facts_is_file(facts, facts->crash->modules[i].name, file))
            return &facts->crash->modules[i];
    }
    return NULL;
}

// --- The exception

static const uint32_t ACCESS_VIOLATION = 0xc0000005;
static const uint32_t IN_PAGE_ERROR = 0xc0000006;
static const uint32_t GUARD_PAGE = 0x80000001;
enum { SIGNAL_BUS = 7, SIGNAL_SEGMENT = 11, SIGNAL_BY_KERNEL = 0x80 };
enum { MACH_BAD_ACCESS = 1, MACH_PROTECTION_FAULT = 13 };

static bool is_windows(const struct bt_crash *crash)
{
    return crash->system.platform == BT_PLATFORM_WINDOWS ||
           crash->system.platform == BT_PLATFORM_UNKNOWN;
}

struct bt_opt64 bt_facts_exception_parameter(const struct bt_facts *facts, unsigned p)
{
    const struct bt_exception *exception = &facts->crash->exception;
    if (!exception->present || p == 0 || p > exception->parameter_count ||
        p > BT_EXCEPTION_PARAMETERS)
        return (struct bt_opt64){0};
    uint64_t value = exception->parameters[p - 1];
    bool narrow = facts->crash->system.arch == BT_ARCH_X86;
    return bt_some64(narrow ? value & UINT32_MAX : value);
}

struct bt_opt64 bt_facts_exception_address(const struct bt_facts *facts)
{
    const struct bt_exception *exception = &facts->crash->exception;
    // An exception in words may come without an address.
    if (!exception->present || !is_windows(facts->crash) ||
        (exception->address == 0 && facts->crash->format == BT_FORMAT_NONE))
        return (struct bt_opt64){0};
    return bt_some64(exception->address);
}

// Whether the exception is one of Windows whose first two parameters tell an access. For an
// address that is not canonical the processor tells neither; Windows then writes all ones.
static bool tells_access(const struct bt_facts *facts)
{
    const struct bt_crash *crash = facts->crash;
    const struct bt_exception *e = &crash->exception;
    bool code =
        e->code == ACCESS_VIOLATION || e->code == IN_PAGE_ERROR || e->code == GUARD_PAGE;
    return e->present && is_windows(crash) && code && e->parameter_count >= 2 &&
           !(crash->system.arch == BT_ARCH_X64 && e->parameters[0] == 0 &&
             e->parameters[1] == UINT64_MAX);
}

const char *bt_facts_access(const struct bt_facts *facts)
{
    if (!tells_access(facts))
        return NULL;
    return bt_access_name(facts->crash->exception.parameters[0]);
}

struct bt_opt64 bt_facts_target(const struct bt_facts *facts)
{
    const struct bt_crash *crash = facts->crash;
    const struct bt_exception *e = &crash->exception;
    if (tells_access(facts))
        return bt_facts_exception_parameter(facts, 2);
    if (!e->present || is_windows(crash))
        return (struct bt_opt64){0};
    bool mach = crash->system.platform == BT_PLATFORM_MACOS ||
                crash->system.platform == BT_PLATFORM_IOS;
    // A signal that was sent, and a general protection fault, come without an address.
    bool sent = e->flags == SIGNAL_BY_KERNEL || (int32_t)e->flags < 0;
    bool code = mach ? e->code == MACH_BAD_ACCESS && e->flags != MACH_PROTECTION_FAULT
                     : (e->code == SIGNAL_SEGMENT || e->code == SIGNAL_BUS) && !sent;
    return code ? bt_some64(e->address) : (struct bt_opt64){0};
}

// --- Where it happened

static void add_fault(struct bt_facts *facts, bt_va address)
{
    for (size_t i = 0; i < facts->fault_count; i++) {
        if (facts->faults[i] == address)
            return;
    }
    if (address != 0 && facts->fault_count < BT_FACTS_MAX_FAULTS)
        facts->faults[facts->fault_count++] = address;
}

// Code that a stop names, where it failed or for another reason.
static bool is_code(const char *kind)
{
    return strcmp(kind, "instruction") == 0 || strcmp(kind, "routine") == 0;
}

// The parameters that the knowledge calls code for this stop.
static void add_instruction_parameters(struct bt_facts *facts)
{
    struct bt_evaluation evaluation;
    struct bt_kb_stop stop;
    struct bt_kb_parameter row;
    unsigned done = 0;
    if (!facts->crash->stop.present ||
        !bt_kb_stop_find(facts->kb, facts->crash->stop.code, &stop))
        return;
    for (size_t i = 0; bt_kb_parameter_at(stop.parameters, i, &row); i++) {
        // The first row of a parameter that holds is the one that counts.
        if ((done >> row.p & 1) != 0 || bt_evaluate(facts, row.when, &evaluation) != BT_TRUE)
            continue;
        done |= 1u << row.p;
        struct bt_opt64 value = bt_facts_parameter(facts, row.p);
        if (value.known && is_code(row.kind))
            add_fault(facts, value.value);
    }
}

// The innermost frame tells where the processor was. In most kernel dumps that is the code that
// stopped the system, which is at fault for nothing.
static void add_innermost_frame(struct bt_facts *facts)
{
    const struct bt_crash *crash = facts->crash;
    if (crash->frame_count == 0 || crash->frames[0].trust != BT_TRUST_CONTEXT ||
        crash->frames[0].module == NULL)
        return;
    if (bt_kb_role_of(facts->kb, crash->frames[0].module->name) != BT_KB_ROLE_KERNEL)
        add_fault(facts, crash->frames[0].address);
}

void bt_facts_find_faults(struct bt_facts *facts)
{
    struct bt_opt64 address = bt_facts_exception_address(facts);
    if (address.known)
        add_fault(facts, address.value);
    add_instruction_parameters(facts);
    add_innermost_frame(facts);
}

void bt_facts_fault_modules(const struct bt_facts *facts, const char *ret[2])
{
    const struct bt_module *found[2] = {facts->crash->reported_fault.module, NULL};
    size_t count = found[0] != NULL;
    for (size_t i = 0; i < facts->fault_count && count < 2; i++) {
        const struct bt_module *module = bt_module_at(facts->crash, facts->faults[i]);
        if (module != NULL && (count == 0 || !bt_ieq(module->name, found[0]->name)))
            found[count++] = module;
    }
    for (size_t i = 0; i < 2; i++)
        ret[i] = found[i] != NULL ? found[i]->name : NULL;
}

// --- The rest

struct bt_opt32 bt_facts_service_pack(const struct bt_facts *facts)
{
    const struct bt_system *system = &facts->crash->system;
    struct bt_kb_product product;
    if (system->service_pack.known || !system->build.known)
        return system->service_pack;
    if (bt_kb_product_find(facts->kb, system->build.value, system->product_type,
                           bt_arch_name(system->arch), &product))
        return product.service_pack;
    return (struct bt_opt32){0};
}

const char *bt_facts_version_gap(const struct bt_facts *facts)
{
    switch (facts->crash->format) {
    case BT_FORMAT_KERNEL_FULL:
    case BT_FORMAT_KERNEL_SUMMARY:
    case BT_FORMAT_KERNEL_BITMAP:
    case BT_FORMAT_KERNEL_RANGES:
        return "the page with the file version is not in the dump: the image file would tell";
    default:
        return "the dump holds no file version: a memory dump or the image file would tell";
    }
}

struct bt_opt64 bt_facts_link_date(const struct bt_facts *facts, const struct bt_module *module)
{
    const struct bt_crash *crash = facts->crash;
    if (module == NULL || !module->timestamp.known || !crash->system.build.known ||
        crash->system.build.value >= FIRST_HASHED_BUILD)
        return (struct bt_opt64){0};
    bt_filetime date = bt_filetime_from_unix(module->timestamp.value);
    // A build cannot be younger than the crash; a day for clocks and time zones.
    bool after =
        crash->time.known && date > crash->time.value + 24 * 3600 * BT_TICKS_PER_SECOND;
    if (!bt_filetime_is_plausible(date) || after)
        return (struct bt_opt64){0};
    return bt_some64(date);
}

static bool are_sizes_complete(const struct bt_crash *crash)
{
    for (size_t i = 0; i < crash->module_count; i++) {
        if (crash->modules[i].size == 0)
            return false;
    }
    return true;
}

void bt_facts_init(struct bt_facts *facts, const struct bt_kb *kb, const struct bt_crash *crash)
{
    *facts = (struct bt_facts){.kb = kb, .crash = crash, .unfixed = BT_UNKNOWN};
    facts->modules_complete = bt_modules_are_whole(crash);
    facts->sizes_complete = facts->modules_complete && are_sizes_complete(crash);
}
