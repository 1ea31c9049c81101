// SPDX-License-Identifier: MIT
#include "verdict/culprit.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "stack/return_address.h"
#include "verdict/bystanders.h"
#include "verdict/culprit_tiers.h"

enum { UNEXPECTED_KERNEL_MODE_TRAP = 0x7f };

static enum blame blame_of(const struct bt_stop_meaning *stop)
{
    static const struct {
        const char *word;
        enum blame blame;
    } words[] = {
        {"driver", BLAME_DRIVER},
        {"any", BLAME_ANY},
        {"storage", BLAME_CODE},
        {"boot", BLAME_CODE},
    };
    if (stop->blame == NULL)
        return BLAME_ANY;
    for (size_t i = 0; i < BT_COUNT(words); i++) {
        if (strcmp(stop->blame, words[i].word) == 0)
            return words[i].blame;
    }
    return BLAME_OTHER;
}

void bt_culprit_know(const struct bt_scene *scene, struct bt_culprit *c)
{
    struct bt_kb_driver driver;
    if (bt_kb_driver_find(scene->kb, c->module, &driver)) {
        if (c->company == NULL)
            c->company = driver.vendor;
        c->product = driver.product;
    }
}

struct bt_culprit bt_culprit_of(const struct bt_scene *scene, const struct bt_module *module)
{
    struct bt_culprit c = {
        .module = module->name,
        .company = module->company,
        .version = module->file_version,
    };
    bt_culprit_know(scene, &c);
    return c;
}

enum bt_confidence bt_culprit_confidence(const struct bt_scene *scene, const char *module)
{
    switch (bt_scene_role(scene, module)) {
    case BT_KB_ROLE_KERNEL:
        return BT_CONFIDENCE_LOW;
    case BT_KB_ROLE_INFRASTRUCTURE:
    case BT_KB_ROLE_INBOX:
        return BT_CONFIDENCE_MEDIUM;
    default:
        return BT_CONFIDENCE_HIGH;
    }
}

const char *bt_culprit_remark(const struct bt_scene *scene, const char *module)
{
    switch (bt_scene_role(scene, module)) {
    case BT_KB_ROLE_KERNEL:
        return "; this is the kernel itself, which often only meets damage done by others";
    case BT_KB_ROLE_INFRASTRUCTURE:
        return "; this is Windows code that runs on behalf of other drivers";
    case BT_KB_ROLE_INBOX:
        return "; this is a driver of Windows itself";
    default:
        return "";
    }
}

static bool from_broken_driver(const struct decision *d, struct bt_culprit *ret)
{
    const char *name = d->scene->crash->broken_driver;
    if (name == NULL || name[0] == '\0')
        return false;
    *ret = (struct bt_culprit){
        .module = bt_basename(name),
        .confidence = BT_CONFIDENCE_HIGH,
        .method = "broken-driver",
        .reason = "the kernel itself named this driver in the dump",
    };
    bt_culprit_know(d->scene, ret);
    return true;
}

static enum bt_status from_walks(const struct decision *d, struct bt_culprit *ret,
                                 struct bt_error *err)
{
    const struct bt_module *suspect = d->walks->suspect;
    if (suspect == NULL || d->blame == BLAME_OTHER || d->blame == BLAME_CODE)
        return BT_ABSENT;
    *ret = bt_culprit_of(d->scene, suspect);
    ret->confidence =
        d->walks->suspect_is_third_party ? d->walks->suspect_confidence : BT_CONFIDENCE_LOW;
    ret->method = "object-walk";
    return bt_arena_printf(d->scene->arena, &ret->reason, err, "%s%s", d->walks->reason,
                           bt_culprit_remark(d->scene, suspect->name));
}

// The frame behind KeBugCheckEx, where the stack was unwound and names were found. ARM64 code
// keeps frame pointers everywhere: there the frame behind the context of the call is enough.
static bool caller_on_stack(const struct decision *d, bt_va *ret)
{
    const struct bt_crash *crash = d->scene->crash;
    if (crash->system.arch == BT_ARCH_ARM64 && !d->fault->has_ip && crash->frame_count > 1 &&
        crash->frames[0].module == &crash->modules[0] &&
        crash->frames[1].trust == BT_TRUST_FRAME_POINTER) {
        *ret = crash->frames[1].address;
        return true;
    }
    for (size_t i = 0; i + 1 < crash->frame_count; i++) {
        const struct bt_frame *f = &crash->frames[i];
        if (f->trust == BT_TRUST_SCAN)
            return false;
        if (f->function != NULL && bt_starts_with(f->function, "KeBugCheck")) {
            *ret = crash->frames[i + 1].address;
            return crash->frames[i + 1].trust != BT_TRUST_SCAN;
        }
    }
    return false;
}

static enum bt_status from_caller(const struct decision *d, struct bt_culprit *ret,
                                  struct bt_error *err)
{
    bt_va caller = d->fault->caller;
    const char *blame = d->scene->stop->blame;
    (void)err;
    // A driver that reports an error of the hardware is not the one that failed.
    if ((blame != NULL && strcmp(blame, "hardware") == 0) ||
        (!d->fault->has_caller && !caller_on_stack(d, &caller)))
        return BT_ABSENT;
    const struct bt_module *module = bt_module_at(d->scene->crash, caller);
    if (module == NULL || !bt_scene_is_third_party(d->scene, module->name))
        return BT_ABSENT;
    *ret = bt_culprit_of(d->scene, module);
    ret->offset = caller - module->base;
    ret->has_offset = true;
    ret->confidence = BT_CONFIDENCE_HIGH;
    ret->method = "bugcheck-caller";
    ret->reason = "it stopped the machine itself: the call to KeBugCheckEx came from it";
    return BT_OK;
}

// Code that a decision rests on, and what in the dump names it.
struct place {
    bt_va address;
    unsigned parameter;  // 1 to 4; 0: the registers
    const char *remains; // what it means where the driver there is no longer loaded
};

static const char *name_source(const struct decision *d, const struct place *place,
                               const char **method)
{
    static const char *const parameters[] = {"parameter 1", "parameter 2", "parameter 3",
                                             "parameter 4"};
    if (place->parameter != 0) {
        *method = "parameter";
        return parameters[place->parameter - 1];
    }
    *method = "context";
    return d->fault->where != NULL ? d->fault->where : "saved context";
}

static enum bt_status from_stack(const struct decision *d, struct bt_culprit *ret,
                                 struct bt_error *err);

static enum bt_status blame_module(const struct decision *d, const struct place *place,
                                   const struct bt_module *module, struct bt_culprit *ret,
                                   struct bt_error *err)
{
    const struct bt_scene *scene = d->scene;
    const char *method;
    const char *source = name_source(d, place, &method);
    *ret = bt_culprit_of(scene, module);
    ret->offset = place->address - module->base;
    ret->has_offset = true;
    ret->method = method;
    ret->confidence = bt_culprit_confidence(scene, module->name);
    if (place->parameter == 0 && ret->confidence == BT_CONFIDENCE_HIGH)
        ret->confidence = BT_CONFIDENCE_MEDIUM;
    return bt_arena_printf(scene->arena, &ret->reason, err, "%s%s lies in it%s",
                           place->parameter == 0 ? "the instruction of the " : "", source,
                           bt_culprit_remark(scene, module->name));
}

static enum bt_status blame_unloaded(const struct decision *d, const struct place *place,
                                     const struct bt_unloaded_module *gone,
                                     struct bt_culprit *ret, struct bt_error *err)
{
    const char *method;
    const char *source = name_source(d, place, &method);
    *ret = (struct bt_culprit){
        .module = gone->name,
        .offset = place->address - gone->base,
        .has_offset = true,
        .confidence = BT_CONFIDENCE_HIGH,
        .method = method,
        .unloaded = true,
    };
    bt_culprit_know(d->scene, ret);
    return bt_arena_printf(d->scene->arena, &ret->reason, err, "%s%s lies where it was: %s",
                           place->parameter == 0 ? "the instruction of the " : "", source,
                           place->remains);
}

static enum bt_status blame_owner(const struct decision *d, const struct place *place,
                                  struct bt_culprit *ret, struct bt_error *err)
{
    const struct bt_scene *scene = d->scene;
    const struct bt_module *module = bt_module_at(scene->crash, place->address);
    if (module == NULL) {
        const struct bt_unloaded_module *gone = bt_unloaded_at(scene->crash, place->address);
        return gone != NULL ? blame_unloaded(d, place, gone, ret, err) : BT_ABSENT;
    }
    // Graphics stops are raised on behalf of the display driver: an address in the graphics
    // kernel says only where it gave up.
    const char *category = scene->stop->category;
    if (category != NULL && strcmp(category, "graphics") == 0 &&
        !bt_scene_is_third_party(scene, module->name)) {
        enum bt_status st = from_stack(d, ret, err);
        if (st != BT_ABSENT)
            return st;
    }
    return blame_module(d, place, module, ret, err);
}

static enum bt_status from_instruction(const struct decision *d, struct bt_culprit *ret,
                                       struct bt_error *err)
{
    const struct place place = {d->fault->ip, d->fault->parameter,
                                "code of a driver that is no longer loaded ran"};
    if (!d->fault->has_ip || d->blame == BLAME_OTHER)
        return BT_ABSENT;
    return blame_owner(d, &place, ret, err);
}

// A callback, a caller, an address inside a driver: nothing failed there, but it says whose it
// is.
static enum bt_status from_routine(const struct decision *d, struct bt_culprit *ret,
                                   struct bt_error *err)
{
    const struct place place = {d->fault->routine, d->fault->routine_parameter,
                                "it is no longer loaded"};
    if (d->fault->routine_parameter == 0 || d->blame == BLAME_OTHER)
        return BT_ABSENT;
    return blame_owner(d, &place, ret, err);
}

// The instruction pointer is in no module: control went astray. Whoever made the call left a
// return address at the stack pointer of the fault.
static enum bt_status from_wild_jump(const struct decision *d, struct bt_culprit *ret,
                                     struct bt_error *err)
{
    const struct bt_scene *scene = d->scene;
    const struct bt_fault *f = d->fault;
    bt_va address;
    if (!f->has_ip || !f->has_registers || scene->memory == NULL || d->blame == BLAME_OTHER ||
        !bt_is_outside_modules(scene->crash, f->ip) ||
        bt_memory_pointer(scene->memory, f->registers.sp, &address, NULL) != BT_OK)
        return BT_ABSENT;
    const struct bt_module *module = bt_module_at(scene->crash, address);
    if (module == NULL ||
        bt_return_address_belief(scene->crash, scene->memory, address) == BT_BELIEF_NONE)
        return BT_ABSENT;
    *ret = bt_culprit_of(scene, module);
    ret->offset = address - module->base;
    ret->has_offset = true;
    ret->method = "wild-jump-caller";
    ret->confidence =
        bt_scene_is_third_party(scene, module->name) ? BT_CONFIDENCE_MEDIUM : BT_CONFIDENCE_LOW;
    return bt_arena_printf(scene->arena, &ret->reason, err,
                           "control went to 0x%" PRIx64
                           ", which is in no module, from a call in it%s",
                           f->ip, bt_culprit_remark(scene, module->name));
}

static size_t count_frames(const struct bt_crash *crash, const struct bt_module *module)
{
    size_t count = 0;
    for (size_t i = 0; i < crash->frame_count; i++)
        count += crash->frames[i].module == module && !crash->frames[i].inlined;
    return count;
}

static enum bt_status from_stack(const struct decision *d, struct bt_culprit *ret,
                                 struct bt_error *err)
{
    const struct bt_crash *crash = d->scene->crash;
    // A fault in Windows code is said plainly by the tiers above; bystanders do not replace it.
    // Control that went astray is a driver's fault whatever the stop.
    bool astray = d->fault->has_ip && bt_is_outside_modules(crash, d->fault->ip);
    // An instruction in a driver that the dump has lost is that driver's, whoever called it.
    if (d->fault->has_ip && !astray && bt_module_at(crash, d->fault->ip) == NULL)
        return BT_ABSENT;
    if (d->blame != BLAME_DRIVER && !(d->blame == BLAME_ANY && astray))
        return BT_ABSENT;
    for (size_t i = 0; i < crash->frame_count; i++) {
        const struct bt_frame *f = &crash->frames[i];
        // What a DPC or an interrupt only interrupted has nothing to do with it; a double fault
        // has, whose new stack is that of the handler.
        if (f->other_stack && crash->stop.code != UNEXPECTED_KERNEL_MODE_TRAP)
            return BT_ABSENT;
        if (f->module == NULL || !bt_scene_is_third_party(d->scene, f->module->name))
            continue;
        size_t hits = count_frames(crash, f->module);
        *ret = bt_culprit_of(d->scene, f->module);
        ret->offset = f->address - f->module->base;
        ret->has_offset = true;
        bool unwound = f->trust != BT_TRUST_SCAN;
        ret->method = unwound ? "stack" : "stack-scan";
        ret->confidence = unwound || hits >= 3 ? BT_CONFIDENCE_MEDIUM : BT_CONFIDENCE_LOW;
        return bt_arena_printf(d->scene->arena, &ret->reason, err,
                               "first third-party driver on the stack (%zu %s of it%s)", hits,
                               hits == 1 ? "address" : "addresses",
                               unwound ? "" : ", found by scanning");
    }
    return BT_ABSENT;
}

// A report in words that was made with the machine at hand names who failed.
static enum bt_status from_report(const struct decision *d, struct bt_culprit *ret,
                                  struct bt_error *err)
{
    const struct bt_module *module = d->scene->crash->reported_fault.module;
    if (module == NULL || d->blame == BLAME_OTHER)
        return BT_ABSENT;
    *ret = bt_culprit_of(d->scene, module);
    ret->method = "report";
    ret->confidence = bt_culprit_confidence(d->scene, module->name);
    if (ret->confidence == BT_CONFIDENCE_HIGH)
        ret->confidence = BT_CONFIDENCE_MEDIUM;
    return bt_arena_printf(d->scene->arena, &ret->reason, err, "the text itself names it%s",
                           bt_culprit_remark(d->scene, module->name));
}

// After the kernel's own word, the tiers in the order of how much they prove.
static bt_culprit_tier *const tiers[] = {
    from_walks,
    from_caller,
    bt_culprit_from_used_stack,
    bt_culprit_from_helper,
    bt_culprit_from_freed_code,
    bt_culprit_from_kernel_caller,
    from_instruction,
    from_routine,
    from_wild_jump,
    from_stack,
    from_report,
};

// A driver of which only the address is known: nobody can look for it, it cannot be told from
// one of Windows itself, and after the next start it lies elsewhere.
static enum bt_status give_up_nameless(const struct bt_scene *scene, struct bt_verdict *v,
                                       struct bt_error *err)
{
    const struct bt_module *module = v->culprit.module != NULL && !v->culprit.unloaded
                                         ? bt_module_named(scene->crash, v->culprit.module)
                                         : NULL;
    if (module == NULL || !module->nameless)
        return BT_ABSENT;
    v->culprit = (struct bt_culprit){0};
    return bt_arena_printf(scene->arena, &v->reason, err,
                           "it is the driver at 0x%" PRIx64 ", whose name cannot be read",
                           module->base);
}

enum bt_status bt_culprit_decide(const struct bt_scene *scene, const struct bt_fault *fault,
                                 const struct bt_walks *walks, struct bt_verdict *ret,
                                 struct bt_error *err)
{
    struct decision d = {.scene = scene, .fault = fault, .walks = walks};
    d.blame = blame_of(scene->stop);
    struct bt_verdict v = {0};
    bool evidence = scene->crash->stop.present && !scene->crash->generated_by_tool;
    if (evidence && !from_broken_driver(&d, &v.culprit)) {
        for (size_t i = 0; i < BT_COUNT(tiers); i++) {
            enum bt_status st = tiers[i](&d, &v.culprit, err);
            if (st == BT_OK)
                break;
            if (st != BT_ABSENT)
                return st;
        }
    }
    v.reason = v.culprit.reason;
    enum bt_status nameless = give_up_nameless(scene, &v, err);
    if (nameless != BT_OK && nameless != BT_ABSENT)
        return nameless;
    if (nameless == BT_ABSENT && v.culprit.module == NULL)
        BT_TRY(bt_bystanders_absence(&d, &v.reason, err));
    if (evidence)
        BT_TRY(bt_bystanders_list(&d, &v, err));
    *ret = v;
    return BT_OK;
}
