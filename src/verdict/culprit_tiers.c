// SPDX-License-Identifier: MIT
#include "verdict/culprit_tiers.h"

#include <inttypes.h>

#include "base/text.h"

// A kernel stack that is used up: Windows code that met its end did no more than that.
enum bt_status bt_culprit_from_used_stack(const struct decision *d, struct bt_culprit *ret,
                                          struct bt_error *err)
{
    const struct bt_module *user = d->walks->stack_user;
    const size_t frames = d->walks->stack_user_frames;
    const struct bt_module *at =
        d->fault->has_ip ? bt_module_at(d->scene->crash, d->fault->ip) : NULL;
    if (user == NULL || (at != NULL && bt_scene_is_third_party(d->scene, at->name)))
        return BT_ABSENT;
    *ret = bt_culprit_of(d->scene, user);
    ret->method = "stack-use";
    ret->confidence = frames >= 3 ? BT_CONFIDENCE_MEDIUM : BT_CONFIDENCE_LOW;
    return bt_arena_printf(d->scene->arena, &ret->reason, err,
                           "the kernel stack is used up, and of all third parties it has most "
                           "frames there (%zu)",
                           frames);
}

// Routines of the kernel that do no more than their caller told them.
static bool is_helper(const char *function)
{
    static const char *const starts[] = {
        "memcpy",  "memmove",          "memset",   "memcmp",   "RtlCopy",  "RtlMove", "RtlFill",
        "RtlZero", "RtlCompareMemory", "strlen",   "strcpy",   "strcmp",   "strncpy", "wcslen",
        "wcscpy",  "wcscmp",           "_stricmp", "_wcsicmp", "ProbeFor",
    };
    for (size_t i = 0; function != NULL && i < BT_COUNT(starts); i++) {
        if (bt_starts_with(function, starts[i]))
            return true;
    }
    return false;
}

// The instruction lies in a routine that copies or compares for others, and the stack was
// unwound from there: the caller gave it the bad address.
enum bt_status bt_culprit_from_helper(const struct decision *d, struct bt_culprit *ret,
                                      struct bt_error *err)
{
    const struct bt_crash *crash = d->scene->crash;
    if (!d->fault->has_ip || d->blame == BLAME_OTHER || crash->frame_count < 2 ||
        crash->frames[0].address != d->fault->ip || crash->frames[0].module == NULL ||
        !is_helper(crash->frames[0].function))
        return BT_ABSENT;
    const struct bt_frame *caller = &crash->frames[1];
    if (caller->trust == BT_TRUST_SCAN || caller->module == NULL ||
        caller->module == crash->frames[0].module)
        return BT_ABSENT;
    *ret = bt_culprit_of(d->scene, caller->module);
    ret->offset = caller->address - caller->module->base;
    ret->has_offset = true;
    ret->method = "caller";
    ret->confidence = bt_culprit_confidence(d->scene, caller->module->name);
    if (ret->confidence == BT_CONFIDENCE_HIGH)
        ret->confidence = BT_CONFIDENCE_MEDIUM;
    return bt_arena_printf(
        d->scene->arena, &ret->reason, err, "it called %s, which failed on what it was given%s",
        crash->frames[0].function, bt_culprit_remark(d->scene, caller->module->name));
}

static bool is_windows_code(const struct decision *d)
{
    const struct bt_module *at =
        d->fault->has_ip ? bt_module_at(d->scene->crash, d->fault->ip) : NULL;
    return at != NULL && !bt_scene_is_third_party(d->scene, at->name);
}

static const struct bt_unloaded_module *find_freed(const struct bt_crash *crash, bt_va address)
{
    return address != 0 && bt_module_at(crash, address) == NULL ? bt_unloaded_at(crash, address)
                                                                : NULL;
}

// The touched address: a parameter, or that of an access violation.
static const struct bt_unloaded_module *find_touched(const struct decision *d, bt_va *ret)
{
    enum { ACCESS_VIOLATION = (int)0xc0000005, TOUCHED = 1 };
    const struct bt_crash *crash = d->scene->crash;
    const struct bt_exception *e = &crash->exception;
    for (unsigned n = 0; n < 4; n++) {
        *ret = d->scene->stop->parameters[n].value;
        if (bt_scene_kind(d->scene, n, "address") && find_freed(crash, *ret) != NULL)
            return find_freed(crash, *ret);
    }
    if (!e->present || e->code != (uint32_t)ACCESS_VIOLATION || e->parameter_count <= TOUCHED)
        return NULL;
    *ret = e->parameters[TOUCHED];
    return find_freed(crash, *ret);
}

enum bt_status bt_culprit_from_freed_code(const struct decision *d, struct bt_culprit *ret,
                                          struct bt_error *err)
{
    bt_va address;
    if (d->blame == BLAME_OTHER || !is_windows_code(d))
        return BT_ABSENT;
    const struct bt_unloaded_module *gone = find_touched(d, &address);
    if (gone == NULL)
        return BT_ABSENT;
    *ret = (struct bt_culprit){
        .module = gone->name,
        .offset = address - gone->base,
        .has_offset = true,
        .confidence = BT_CONFIDENCE_MEDIUM,
        .method = "parameter",
        .unloaded = true,
    };
    bt_culprit_know(d->scene, ret);
    return bt_arena_printf(d->scene->arena, &ret->reason, err,
                           "Windows touched 0x%" PRIx64 ", where it was: a driver that is no "
                           "longer loaded left something behind",
                           address);
}

// Where the kernel meets damage that somebody else has done: whoever asked it for memory is no
// more than the next to come.
static bool is_memory_routine(const char *function)
{
    static const char *const starts[] = {
        "ExAllocate",   "ExFree", "ExpAllocate", "ExpFree", "ExDeferredFreePool",
        "ExpPool",      "RtlpHp", "RtlpHeap",    "RtlpLfh", "RtlpVs",
        "RtlpCoalesce", "Mi",     "MmFree",
    };
    for (size_t i = 0; function != NULL && i < BT_COUNT(starts); i++) {
        if (bt_starts_with(function, starts[i]))
            return true;
    }
    return false;
}

static bool is_kernel(const struct decision *d, const struct bt_frame *f)
{
    return f->module != NULL && bt_scene_role(d->scene, f->module->name) == BT_KB_ROLE_KERNEL;
}

// The first frame outside the kernel, as far as the way there is sure: by unwinding, or as the
// word at the stack pointer itself.
static const struct bt_frame *find_caller(const struct decision *d)
{
    const struct bt_crash *crash = d->scene->crash;
    for (size_t i = 0; i + 1 < crash->frame_count; i++) {
        const struct bt_frame *f = &crash->frames[i], *next = f + 1;
        bool at_top =
            i == 0 && d->fault->has_registers && next->stack_pointer == d->fault->registers.sp;
        if (is_memory_routine(f->function) || next->interrupted || next->other_stack ||
            (next->trust == BT_TRUST_SCAN && !at_top))
            return NULL;
        if (!is_kernel(d, next))
            return next;
        if (next->trust == BT_TRUST_SCAN)
            return NULL;
    }
    return NULL;
}

enum bt_status bt_culprit_from_kernel_caller(const struct decision *d, struct bt_culprit *ret,
                                             struct bt_error *err)
{
    const struct bt_crash *crash = d->scene->crash;
    if (!d->fault->has_ip || d->blame == BLAME_OTHER || crash->frame_count < 2 ||
        crash->frames[0].address != d->fault->ip || !is_kernel(d, &crash->frames[0]))
        return BT_ABSENT;
    const struct bt_frame *caller = find_caller(d);
    if (caller == NULL || caller->module == NULL ||
        !bt_scene_is_third_party(d->scene, caller->module->name))
        return BT_ABSENT;
    bool unwound = caller->trust != BT_TRUST_SCAN;
    *ret = bt_culprit_of(d->scene, caller->module);
    ret->offset = caller->address - caller->module->base;
    ret->has_offset = true;
    ret->method = "caller";
    ret->confidence = unwound ? BT_CONFIDENCE_MEDIUM : BT_CONFIDENCE_LOW;
    ret->reason = unwound ? "the kernel failed on what it was called with, and the call came "
                            "from it"
                          : "the kernel failed on what it was called with, and the return "
                            "address at its stack pointer lies in it";
    (void)err;
    return BT_OK;
}
