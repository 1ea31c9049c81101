// SPDX-License-Identifier: MIT
//
// The culprit of a user-mode crash. There is no list of drivers and no kernel to suspect: what
// counts is whose code was running, and, where that was the system's, who called it.
#include "verdict/user_culprit.h"

#include "base/text.h"
#include "verdict/system_modules.h"

enum { CANDIDATES_MAX = 8 };

static const uint32_t BREAKPOINT = 0x80000003;
static const uint32_t IN_PAGE_ERROR = 0xc0000006;
static const uint32_t HEAP_CORRUPTION = 0xc0000374;

static struct bt_culprit make_culprit(const struct bt_module *module, bt_va address)
{
    return (struct bt_culprit){
        .module = module->name,
        .offset = address - module->base,
        .has_offset = true,
        .company = module->company,
        .version = module->file_version,
    };
}

// What is known by name or by its version resource counts first: drivers of graphics cards and
// hooks lie in the system's folders, too.
static bool is_system(const struct bt_scene *scene, const struct bt_module *module)
{
    const enum bt_platform platform = scene->crash->system.platform;
    struct bt_kb_driver known;
    if (platform != BT_PLATFORM_WINDOWS)
        return bt_is_system_module(scene->kb, platform, module);
    if (bt_kb_driver_find(scene->kb, module->name, &known))
        return known.role != BT_KB_ROLE_DRIVER && known.role != BT_KB_ROLE_VULNERABLE;
    bool foreign = module->company != NULL && !bt_starts_with(module->company, "Microsoft");
    return !foreign && bt_is_system_module(scene->kb, platform, module);
}

static bool from_instruction(const struct bt_scene *scene, bt_va ip, struct bt_culprit *ret)
{
    const struct bt_crash *crash = scene->crash;
    const struct bt_module *module = bt_module_at(crash, ip);
    if (module == NULL || is_system(scene, module))
        return false;
    *ret = make_culprit(module, ip);
    ret->confidence = BT_CONFIDENCE_HIGH;
    ret->method = "exception";
    ret->reason = "the faulting instruction lies in it";
    if (crash->frame_count != 0 && crash->frames[0].module == module)
        ret->function = crash->frames[0].function;
    return true;
}

// Code that was called after its library had gone: a callback or thread that outlived it.
static bool from_unloaded(const struct bt_crash *crash, bt_va ip, struct bt_culprit *ret)
{
    const struct bt_unloaded_module *module = bt_unloaded_at(crash, ip);
    if (module == NULL || bt_module_at(crash, ip) != NULL)
        return false;
    *ret = (struct bt_culprit){
        .module = module->name,
        .offset = ip - module->base,
        .has_offset = true,
        .confidence = BT_CONFIDENCE_HIGH,
        .method = "exception",
        .reason = "the faulting instruction lay in it, and it had been unloaded before",
        .unloaded = true,
    };
    return true;
}

// Registers that are not those of the exception: of a 32-bit program that a 64-bit writer
// looked at they are those of the layer that runs it, and a writer may come after the thread
// went on. Only the exception tells where it happened.
static bool is_elsewhere(const struct bt_crash *crash, bt_va ip)
{
    const struct bt_module *module = bt_module_at(crash, crash->exception.address);
    return crash->system.platform == BT_PLATFORM_WINDOWS && module != NULL &&
           bt_module_at(crash, ip) != NULL && bt_module_at(crash, ip) != module;
}

// Languages raise their exceptions in the system's code and say in a parameter where they were
// raised: Delphi the instruction, C++ the description of what was thrown.
static bool from_raiser(const struct bt_scene *scene, struct bt_culprit *ret)
{
    static const uint32_t CPP_EXCEPTION = 0xe06d7363, DELPHI_EXCEPTION = 0x0eedfade;
    const struct bt_crash *crash = scene->crash;
    const struct bt_exception *e = &crash->exception;
    bool cpp = e->code == CPP_EXCEPTION && e->parameter_count >= 3;
    bool delphi = e->code == DELPHI_EXCEPTION && e->parameter_count >= 1;
    if (crash->system.platform != BT_PLATFORM_WINDOWS || (!cpp && !delphi))
        return false;
    const bt_va address = e->parameters[cpp ? 2 : 0];
    const struct bt_module *module = bt_module_at(crash, address);
    if (module == NULL || is_system(scene, module))
        return false;
    *ret = make_culprit(module, address);
    ret->has_offset = delphi; // of C++ it is that of data
    ret->confidence = BT_CONFIDENCE_MEDIUM;
    ret->method = "parameter";
    ret->reason = cpp ? "what was thrown is described in it" : "the exception was raised in it";
    return true;
}

// The innermost frame outside the system. A frame that was unwound is a fact, one that a scan
// found is a guess.
static bool from_stack(const struct bt_scene *scene, struct bt_culprit *ret)
{
    const struct bt_crash *crash = scene->crash;
    for (size_t i = 0; i < crash->frame_count; i++) {
        const struct bt_frame *f = &crash->frames[i];
        if (f->module == NULL || is_system(scene, f->module))
            continue;
        bool unwound = f->trust != BT_TRUST_SCAN;
        *ret = make_culprit(f->module, f->address);
        ret->function = f->function;
        ret->confidence = unwound ? BT_CONFIDENCE_MEDIUM : BT_CONFIDENCE_LOW;
        ret->method = unwound ? "stack" : "stack-scan";
        ret->reason = unwound ? "first frame outside the system's own modules"
                              : "first address on the stack outside the system's own modules";
        return true;
    }
    return false;
}

// The heap finds damage when it is next used: whoever uses it need not have done it.
static void doubt_heap_user(const struct bt_crash *crash, struct bt_culprit *culprit)
{
    if (crash->system.platform != BT_PLATFORM_WINDOWS ||
        crash->exception.code != HEAP_CORRUPTION || culprit->module == NULL ||
        !bt_starts_with(culprit->method, "stack"))
        return;
    culprit->confidence = BT_CONFIDENCE_LOW;
    culprit->reason = "it used the heap when the damage was found; the damage was done before, "
                      "perhaps by other code of the program";
}

// Where only the system's code is to be seen, that is said plainly.
static bool from_system_instruction(const struct bt_crash *crash, bt_va ip,
                                    struct bt_culprit *ret)
{
    const struct bt_module *module = bt_module_at(crash, ip);
    if (module == NULL)
        return false;
    *ret = make_culprit(module, ip);
    ret->confidence = BT_CONFIDENCE_LOW;
    ret->method = "exception";
    ret->reason = "the faulting instruction lies in it, and nothing else is on the stack; this "
                  "is the system's own code, which often only meets what others did";
    return true;
}

// What a report in words names as the faulting module. The system's own is named too, and
// said to be that.
static bool from_report(const struct bt_scene *scene, struct bt_culprit *ret)
{
    const struct bt_reported_fault *fault = &scene->crash->reported_fault;
    if (fault->module == NULL)
        return false;
    bool of_system = is_system(scene, fault->module);
    *ret = (struct bt_culprit){
        .module = fault->module->name,
        .offset = fault->offset.value,
        .has_offset = fault->offset.known,
        .company = fault->module->company,
        .version = fault->module->file_version,
        .confidence = of_system ? BT_CONFIDENCE_LOW : BT_CONFIDENCE_HIGH,
        .method = "exception",
        .reason = of_system ? "the report names it; this is the system's own code, which often "
                              "only meets what others did"
                            : "the report names it as the faulting module",
    };
    return true;
}

static enum bt_status list_candidates(const struct bt_scene *scene, struct bt_verdict *v,
                                      struct bt_error *err)
{
    const struct bt_crash *crash = scene->crash;
    BT_TRY(bt_arena_alloc(scene->arena, CANDIDATES_MAX, sizeof *v->candidates, &v->candidates,
                          err));
    for (size_t i = 0; i < crash->frame_count && v->candidate_count < CANDIDATES_MAX; i++) {
        const struct bt_frame *f = &crash->frames[i];
        if (f->module == NULL || is_system(scene, f->module) ||
            f->module->name == v->culprit.module)
            continue;
        bool known = false;
        for (size_t k = 0; k < v->candidate_count; k++)
            known = known || v->candidates[k].module == f->module->name;
        if (known)
            continue;
        struct bt_culprit c = make_culprit(f->module, f->address);
        c.confidence = BT_CONFIDENCE_LOW;
        c.method = f->trust == BT_TRUST_SCAN ? "stack-scan" : "stack";
        c.reason = "also on the stack";
        v->candidates[v->candidate_count++] = c;
    }
    return BT_OK;
}

enum bt_status bt_user_culprit_decide(const struct bt_scene *scene,
                                      const struct bt_fault *fault, struct bt_verdict *ret,
                                      struct bt_error *err)
{
    const struct bt_crash *crash = scene->crash;
    struct bt_verdict v = {0};
    bool crashed = crash->exception.present && !crash->live;
    bool has_ip = fault->has_ip || crash->exception.address != 0;
    bt_va ip = fault->has_ip ? fault->ip : crash->exception.address;
    if (is_elsewhere(crash, ip))
        ip = crash->exception.address;
    bool unreadable =
        crash->system.platform == BT_PLATFORM_WINDOWS && crash->exception.code == IN_PAGE_ERROR;
    if (crashed && !from_report(scene, &v.culprit) && !unreadable &&
        !(has_ip && from_instruction(scene, ip, &v.culprit)) &&
        !(has_ip && from_unloaded(crash, ip, &v.culprit)) && !from_raiser(scene, &v.culprit) &&
        !from_stack(scene, &v.culprit) && has_ip)
        (void)from_system_instruction(crash, ip, &v.culprit);
    doubt_heap_user(crash, &v.culprit);
    if (v.culprit.module != NULL)
        v.reason = v.culprit.reason;
    else if (crashed && unreadable)
        v.reason = "a page could not be read from the disk or the network: that is no fault of "
                   "the code that needed it";
    else if (crash->live && crash->exception.code == BREAKPOINT)
        v.reason = "the program was stopped to be looked at: nothing crashed";
    else if (crash->live && crash->exception.present)
        v.reason = "the dump was asked for: nothing crashed";
    else if (!crashed)
        v.reason = "the dump holds no exception: nothing crashed";
    else
        v.reason = "no module is known at the faulting address, and none on the stack";
    if (crashed)
        BT_TRY(list_candidates(scene, &v, err));
    *ret = v;
    return BT_OK;
}
