// SPDX-License-Identifier: MIT
#include "triage/told_exception.h"

#include <string.h>

#include "base/text.h"

static enum bt_status keep(struct bt_arena *arena, const char *text, const char **ret,
                           struct bt_error *err)
{
    *ret = NULL;
    if (text == NULL || text[0] == '\0')
        return BT_OK;
    return bt_arena_text(arena, text, strlen(text), ret, err);
}

static enum bt_status read_platform(const char *name, enum bt_platform *ret,
                                    struct bt_error *err)
{
    *ret = BT_PLATFORM_WINDOWS;
    if (name == NULL)
        return BT_OK;
    for (int p = BT_PLATFORM_WINDOWS; p <= BT_PLATFORM_IOS; p++) {
        if (strcmp(bt_platform_name((enum bt_platform)p), name) == 0) {
            *ret = (enum bt_platform)p;
            return BT_OK;
        }
    }
    return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET, "unknown operating system \"%s\"", name);
}

static enum bt_status read_version(const char *text, struct bt_opt64 *ret, struct bt_error *err)
{
    *ret = (struct bt_opt64){0};
    if (text == NULL)
        return BT_OK;
    ret->known = bt_parse_file_version(text, &ret->value);
    if (!ret->known)
        return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET, "\"%s\" is no file version", text);
    return BT_OK;
}

// A module of which neither place nor size is known.
static enum bt_status add_module(struct bt_crash *crash, struct bt_arena *arena,
                                 const char *name, const char *version, uint32_t stamp,
                                 const struct bt_module **ret, struct bt_error *err)
{
    struct bt_module module = {0};
    *ret = NULL;
    if (name == NULL || name[0] == '\0')
        return BT_OK;
    for (size_t i = 0; i < crash->module_count; i++) {
        if (bt_ieq(crash->modules[i].name, name)) {
            *ret = &crash->modules[i];
            return BT_OK;
        }
    }
    BT_TRY(keep(arena, name, &module.name, err));
    BT_TRY(read_version(version, &module.file_version, err));
    if (stamp != 0)
        module.timestamp = bt_some32(stamp);
    crash->modules[crash->module_count] = module;
    *ret = &crash->modules[crash->module_count++];
    return BT_OK;
}

static enum bt_status add_modules(const struct bt_exception_question *q, struct bt_arena *arena,
                                  struct bt_crash *crash, struct bt_error *err)
{
    enum { MODULES = 2 };
    const struct bt_module *process;
    BT_TRY(bt_arena_alloc(arena, MODULES, sizeof *crash->modules, &crash->modules, err));
    crash->modules_reported = true;
    BT_TRY(add_module(crash, arena, q->process, q->process_version, q->process_stamp, &process,
                      err));
    BT_TRY(add_module(crash, arena, q->module, q->module_version, q->module_stamp,
                      &crash->reported_fault.module, err));
    if (q->offset_known && crash->reported_fault.module != NULL)
        crash->reported_fault.offset = bt_some64(q->offset);
    crash->process.name = process != NULL ? process->name : NULL;
    if (q->process_id != 0)
        crash->process.pid = bt_some64(q->process_id);
    return BT_OK;
}

static enum bt_status add_system(const struct bt_exception_question *q,
                                 struct bt_system *system, struct bt_error *err)
{
    BT_TRY(read_platform(q->platform, &system->platform, err));
    if (q->architecture != NULL && !bt_arch_find(q->architecture, &system->arch))
        return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET, "unknown architecture \"%s\"",
                       q->architecture);
    if (q->build != 0)
        system->build = bt_some32(q->build);
    return BT_OK;
}

enum bt_status bt_told_exception(const struct bt_exception_question *q, struct bt_arena *arena,
                                 struct bt_crash *crash, struct bt_error *err)
{
    if (q->parameter_count > BT_EXCEPTION_PARAMETERS)
        return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET, "an exception has at most %d parameters",
                       BT_EXCEPTION_PARAMETERS);
    BT_TRY(add_system(q, &crash->system, err));
    BT_TRY(add_modules(q, arena, crash, err));
    crash->exception = (struct bt_exception){
        .present = true,
        .code_unknown = q->code_unknown,
        .code = q->code_unknown ? 0 : q->code,
        .flags = q->flags,
        .address = q->address,
        .parameter_count = q->parameter_count,
    };
    memcpy(crash->exception.parameters, q->parameters,
           q->parameter_count * sizeof q->parameters[0]);
    if (q->thrown == NULL || q->thrown[0] == '\0')
        return BT_OK;
    crash->assertion.kind = ".NET exception";
    BT_TRY(keep(arena, q->thrown, &crash->assertion.expression, err));
    return keep(arena, q->thrown_by, &crash->assertion.function, err);
}
