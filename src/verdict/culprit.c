// SPDX-License-Identifier: MIT
#include "verdict/culprit.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "stack/return_address.h"

enum { CANDIDATES_MAX = 8 };

// Whether this kind of stop can be a driver's fault at all; the knowledge says.
enum blame {
    BLAME_DRIVER, // a driver, if evidence names one
    BLAME_ANY,    // a driver only where an address or an object names it
    BLAME_OTHER,  // hardware, a process, the boot volume, somebody's request
};

struct decision {
    const struct bt_scene *scene;
    const struct bt_fault *fault;
    const struct bt_walks *walks;
    struct bt_kb_stop stop;
    enum blame blame;
};

static enum blame blame_of(const struct bt_kb_stop *stop, bool known)
{
    if (!known || stop->blame == NULL || strcmp(stop->blame, "any") == 0)
        return BLAME_ANY;
    return strcmp(stop->blame, "driver") == 0 ? BLAME_DRIVER : BLAME_OTHER;
}

static void fill_from_knowledge(const struct bt_scene *scene, struct bt_culprit *c)
{
    struct bt_kb_driver driver;
    if (bt_kb_driver_find(scene->kb, c->module, &driver)) {
        if (c->company == NULL)
            c->company = driver.vendor;
        c->product = driver.product;
    }
}

static struct bt_culprit make_culprit(const struct bt_scene *scene,
                                      const struct bt_module *module)
{
    struct bt_culprit c = {
        .module = module->name,
        .company = module->company,
        .version = module->file_version,
    };
    fill_from_knowledge(scene, &c);
    return c;
}

// How sure an address inside a module makes us that the module did it.
static enum bt_confidence confidence_in(const struct bt_scene *scene, const char *module)
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

static const char *remark_on(const struct bt_scene *scene, const char *module)
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
    fill_from_knowledge(d->scene, ret);
    return true;
}

static enum bt_status from_walks(const struct decision *d, struct bt_culprit *ret,
                                 struct bt_error *err)
{
    const struct bt_module *suspect = d->walks->suspect;
    if (suspect == NULL || d->blame == BLAME_OTHER)
        return BT_ABSENT;
    *ret = make_culprit(d->scene, suspect);
    ret->confidence = d->walks->suspect_is_third_party ? BT_CONFIDENCE_HIGH : BT_CONFIDENCE_LOW;
    ret->method = "object-walk";
    return bt_arena_printf(d->scene->arena, &ret->reason, err, "%s%s", d->walks->reason,
                           remark_on(d->scene, suspect->name));
}

// The frame behind KeBugCheckEx, where the stack was unwound and names were found.
static bool caller_on_stack(const struct bt_crash *crash, bt_va *ret)
{
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
    (void)err;
    if (!d->fault->has_caller && !caller_on_stack(d->scene->crash, &caller))
        return BT_ABSENT;
    const struct bt_module *module = bt_module_at(d->scene->crash, caller);
    if (module == NULL || !bt_scene_is_third_party(d->scene, module->name))
        return BT_ABSENT;
    *ret = make_culprit(d->scene, module);
    ret->offset = caller - module->base;
    ret->has_offset = true;
    ret->confidence = BT_CONFIDENCE_HIGH;
    ret->method = "bugcheck-caller";
    ret->reason = "it stopped the machine itself: the call to KeBugCheckEx came from it";
    return BT_OK;
}

static const char *name_source(const struct decision *d, const char **method)
{
    static const char *const parameters[] = {"parameter 1", "parameter 2", "parameter 3",
                                             "parameter 4"};
    if (d->fault->parameter != 0) {
        *method = "parameter";
        return parameters[d->fault->parameter - 1];
    }
    *method = "context";
    return d->fault->where != NULL ? d->fault->where : "the saved context";
}

static enum bt_status from_instruction(const struct decision *d, struct bt_culprit *ret,
                                       struct bt_error *err)
{
    const struct bt_scene *scene = d->scene;
    if (!d->fault->has_ip || d->blame == BLAME_OTHER)
        return BT_ABSENT;
    const char *method;
    const char *source = name_source(d, &method);
    const struct bt_module *module = bt_module_at(scene->crash, d->fault->ip);
    if (module != NULL) {
        *ret = make_culprit(scene, module);
        ret->offset = d->fault->ip - module->base;
        ret->has_offset = true;
        ret->method = method;
        ret->confidence = confidence_in(scene, module->name);
        if (d->fault->parameter == 0 && ret->confidence == BT_CONFIDENCE_HIGH)
            ret->confidence = BT_CONFIDENCE_MEDIUM;
        return bt_arena_printf(scene->arena, &ret->reason, err, "%s lies in it%s", source,
                               remark_on(scene, module->name));
    }
    const struct bt_unloaded_module *gone = bt_unloaded_at(scene->crash, d->fault->ip);
    if (gone == NULL)
        return BT_ABSENT;
    *ret = (struct bt_culprit){
        .module = gone->name,
        .offset = d->fault->ip - gone->base,
        .has_offset = true,
        .confidence = BT_CONFIDENCE_HIGH,
        .method = method,
        .unloaded = true,
    };
    fill_from_knowledge(scene, ret);
    return bt_arena_printf(
        scene->arena, &ret->reason, err,
        "%s lies where it was: code of a driver that is no longer loaded ran", source);
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
        bt_module_at(scene->crash, f->ip) != NULL ||
        bt_memory_pointer(scene->memory, f->registers.sp, &address, NULL) != BT_OK)
        return BT_ABSENT;
    const struct bt_module *module = bt_module_at(scene->crash, address);
    if (module == NULL ||
        bt_return_address_belief(scene->crash, scene->memory, address) == BT_BELIEF_NONE)
        return BT_ABSENT;
    *ret = make_culprit(scene, module);
    ret->offset = address - module->base;
    ret->has_offset = true;
    ret->method = "wild-jump-caller";
    ret->confidence =
        bt_scene_is_third_party(scene, module->name) ? BT_CONFIDENCE_MEDIUM : BT_CONFIDENCE_LOW;
    return bt_arena_printf(scene->arena, &ret->reason, err,
                           "control went to 0x%" PRIx64
                           ", which is in no module, from a call in it%s",
                           f->ip, remark_on(scene, module->name));
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
    if (d->blame != BLAME_DRIVER)
        return BT_ABSENT;
    for (size_t i = 0; i < crash->frame_count; i++) {
        const struct bt_frame *f = &crash->frames[i];
        if (f->module == NULL || !bt_scene_is_third_party(d->scene, f->module->name))
            continue;
        size_t hits = count_frames(crash, f->module);
        *ret = make_culprit(d->scene, f->module);
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

static const char *explain_absence(const struct decision *d)
{
    const struct bt_crash *crash = d->scene->crash;
    if (crash->generated_by_tool)
        return "an acquisition tool wrote this dump: nothing crashed";
    if (d->stop.blame != NULL && strcmp(d->stop.blame, "hardware") == 0)
        return "this kind of stop comes from hardware: no driver is blamed without other "
               "evidence";
    if (d->stop.blame != NULL && strcmp(d->stop.blame, "process") == 0)
        return "a user-mode process ended: no driver is blamed for that";
    if (d->stop.blame != NULL && strcmp(d->stop.blame, "storage") == 0)
        return "this kind of stop comes from storage or the file system on it";
    if (d->stop.blame != NULL && strcmp(d->stop.blame, "boot") == 0)
        return "this kind of stop comes from configuration or the boot volume";
    if (d->stop.blame != NULL && strcmp(d->stop.blame, "request") == 0)
        return "somebody asked for this dump: nothing crashed";
    if (crash->frame_count == 0)
        return "the dump names no instruction and holds no stack that could tell";
    return "no address or object in the dump points at a driver; the kernel only raised the "
           "stop";
}

static bool already_named(const struct bt_verdict *v, const char *module)
{
    if (v->culprit.module != NULL && bt_ieq(v->culprit.module, module))
        return true;
    for (size_t i = 0; i < v->candidate_count; i++) {
        if (bt_ieq(v->candidates[i].module, module))
            return true;
    }
    return false;
}

// Third parties on the stack, innermost first: also there, not instead.
static enum bt_status list_candidates(const struct decision *d, struct bt_verdict *v,
                                      struct bt_error *err)
{
    const struct bt_crash *crash = d->scene->crash;
    BT_TRY(bt_arena_alloc(d->scene->arena, CANDIDATES_MAX, sizeof *v->candidates,
                          &v->candidates, err));
    for (size_t i = 0; i < crash->frame_count && v->candidate_count < CANDIDATES_MAX; i++) {
        const struct bt_frame *f = &crash->frames[i];
        if (f->module == NULL || !bt_scene_is_third_party(d->scene, f->module->name) ||
            already_named(v, f->module->name))
            continue;
        struct bt_culprit c = make_culprit(d->scene, f->module);
        c.offset = f->address - f->module->base;
        c.has_offset = true;
        c.method = f->trust == BT_TRUST_SCAN ? "stack-scan" : "stack";
        c.confidence = BT_CONFIDENCE_LOW;
        BT_TRY(bt_arena_printf(d->scene->arena, &c.reason, err,
                               "also on the stack, %zu %s deep", i,
                               i == 1 ? "frame" : "frames"));
        v->candidates[v->candidate_count++] = c;
    }
    return BT_OK;
}

typedef enum bt_status tier_fn(const struct decision *d, struct bt_culprit *ret,
                               struct bt_error *err);

// After the kernel's own word, the tiers in the order of how much they prove.
static tier_fn *const tiers[] = {
    from_walks, from_caller, from_instruction, from_wild_jump, from_stack,
};

enum bt_status bt_culprit_decide(const struct bt_scene *scene, const struct bt_fault *fault,
                                 const struct bt_walks *walks, struct bt_verdict *ret,
                                 struct bt_error *err)
{
    struct decision d = {.scene = scene, .fault = fault, .walks = walks};
    bool known = bt_kb_stop_find(scene->kb, scene->crash->stop.code, &d.stop);
    d.blame = blame_of(&d.stop, known);
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
    v.reason = v.culprit.module != NULL ? v.culprit.reason : explain_absence(&d);
    if (evidence)
        BT_TRY(list_candidates(&d, &v, err));
    *ret = v;
    return BT_OK;
}
