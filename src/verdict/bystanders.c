// SPDX-License-Identifier: MIT
#include "verdict/bystanders.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { CANDIDATES_MAX = 8 };

enum bt_status bt_bystanders_absence(const struct decision *d, const char **ret,
                                     struct bt_error *err)
{
    static const struct {
        const char *blame, *reason;
    } reasons[] = {
        {"hardware", "this kind of stop comes from hardware: no driver is blamed without other "
                     "evidence"},
        {"process", "a user-mode process ended: no driver is blamed for that"},
        {"storage", "this kind of stop comes from storage or the file system on it"},
        {"boot", "this kind of stop comes from configuration or the boot volume"},
        {"request", "somebody asked for this dump: nothing crashed"},
    };
    const struct bt_crash *crash = d->scene->crash;
    const struct bt_stop_meaning *stop = d->scene->stop;
    if (crash->generated_by_tool) {
        *ret = "an acquisition tool wrote this dump: nothing crashed";
        return BT_OK;
    }
    if (stop->blame != NULL && strcmp(stop->blame, "process") == 0 && d->walks->process != NULL)
        return bt_arena_printf(d->scene->arena, ret, err,
                               "the user-mode process %s ended: no driver is blamed for that",
                               d->walks->process);
    for (size_t i = 0; stop->blame != NULL && i < BT_COUNT(reasons); i++) {
        if (strcmp(stop->blame, reasons[i].blame) == 0) {
            *ret = reasons[i].reason;
            return BT_OK;
        }
    }
    if (crash->frame_count != 0 && crash->module_count == 0) {
        *ret = "the dump holds no list of modules in which an address could be looked up";
        return BT_OK;
    }
    if (d->fault->has_ip && crash->modules_partial) {
        *ret = "the list of drivers is not whole, and none of those that are left holds the "
               "instruction";
        return BT_OK;
    }
    *ret = crash->frame_count == 0
               ? "the dump names no instruction and holds no stack that could tell"
               : "no address or object in the dump points at a driver; the kernel only raised "
                 "the stop";
    return BT_OK;
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

static enum bt_status add_candidate(const struct decision *d, const struct bt_module *module,
                                    bt_va address, const char *method, const char *reason,
                                    struct bt_verdict *v)
{
    if (v->candidate_count == CANDIDATES_MAX || already_named(v, module->name))
        return BT_OK;
    struct bt_culprit c = bt_culprit_of(d->scene, module);
    c.offset = address - module->base;
    c.has_offset = true;
    c.method = method;
    c.confidence = BT_CONFIDENCE_LOW;
    c.reason = reason;
    v->candidates[v->candidate_count++] = c;
    return BT_OK;
}

// Modules of the stack, innermost first: also there, not instead.
static enum bt_status list_on_stack(const struct decision *d, bool third_parties,
                                    struct bt_verdict *v, struct bt_error *err)
{
    const struct bt_crash *crash = d->scene->crash;
    bool behind = false;
    for (size_t i = 0; i < crash->frame_count; i++) {
        const struct bt_frame *f = &crash->frames[i];
        behind = behind || f->other_stack;
        if (f->module == NULL || already_named(v, f->module->name) ||
            (third_parties ? !bt_scene_is_third_party(d->scene, f->module->name)
                           : bt_scene_role(d->scene, f->module->name) != BT_KB_ROLE_INBOX))
            continue;
        const char *reason;
        char depth[48] = "at its top";
        if (i != 0)
            snprintf(depth, sizeof depth, "%zu frame%s deep", i, bt_plural(i));
        BT_TRY(bt_arena_printf(d->scene->arena, &reason, err, "%son the stack%s, %s",
                               third_parties ? "also " : "a driver of Windows itself, ",
                               behind ? " that was interrupted" : "", depth));
        BT_TRY(add_candidate(d, f->module, f->address,
                             f->trust == BT_TRUST_SCAN ? "stack-scan" : "stack", reason, v));
    }
    return BT_OK;
}

// Windows code that called for the stop: it says where to look, not who did it.
static enum bt_status list_raiser(const struct decision *d, struct bt_verdict *v)
{
    const struct bt_module *module =
        d->fault->has_caller ? bt_module_at(d->scene->crash, d->fault->caller) : NULL;
    if (module == NULL || bt_scene_role(d->scene, module->name) == BT_KB_ROLE_KERNEL ||
        bt_scene_is_third_party(d->scene, module->name))
        return BT_OK;
    return add_candidate(d, module, d->fault->caller, "bugcheck-caller",
                         "raised the stop; this is Windows code", v);
}

enum bt_status bt_bystanders_list(const struct decision *d, struct bt_verdict *v,
                                  struct bt_error *err)
{
    const struct bt_walks *w = d->walks;
    BT_TRY(bt_arena_alloc(d->scene->arena, CANDIDATES_MAX, sizeof *v->candidates,
                          &v->candidates, err));
    if (w->bystander != NULL)
        BT_TRY(add_candidate(d, w->bystander, w->bystander_address, "object-walk",
                             w->bystander_reason, v));
    BT_TRY(list_on_stack(d, true, v, err));
    // Where nobody can be named, Windows code is still worth a look.
    if (v->culprit.module == NULL && d->blame != BLAME_OTHER)
        BT_TRY(list_raiser(d, v));
    if (v->culprit.module == NULL && v->candidate_count == 0 && d->blame == BLAME_DRIVER)
        BT_TRY(list_on_stack(d, false, v, err));
    return BT_OK;
}
