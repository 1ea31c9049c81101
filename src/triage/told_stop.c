// SPDX-License-Identifier: MIT
#include "triage/told_stop.h"

#include <string.h>

#include "base/attributes.h"
#include "base/limits.h"
#include "base/version_number.h"
#include "kb/system.h"
#include "rules/named_system.h"

static enum bt_status keep(struct bt_arena *arena, const char *text, const char **ret,
                           struct bt_error *err)
{
    *ret = NULL;
    if (text == NULL || text[0] == '\0')
        return BT_OK;
    return bt_arena_text(arena, text, strlen(text), ret, err);
}

static enum bt_status read_product_type(const char *name, struct bt_system *system,
                                        struct bt_error *err)
{
    static const enum bt_product_type types[] = {
        BT_PRODUCT_WORKSTATION, BT_PRODUCT_DOMAIN_CONTROLLER, BT_PRODUCT_SERVER};
    for (size_t i = 0; name != NULL && i < BT_COUNT(types); i++) {
        if (strcmp(bt_product_type_name(types[i]), name) == 0) {
            system->product_type = types[i];
            return BT_OK;
        }
    }
    if (name == NULL)
        return BT_OK;
    return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET, "unknown product type \"%s\"", name);
}

// What is told as a number goes before what follows from a name.
static enum bt_status add_system(const struct bt_kb *kb, const struct bt_stop_question *q,
                                 struct bt_system *system, struct bt_error *err)
{
    struct bt_kb_system named;
    char bad[BT_KB_BAD_WORD_SIZE];
    system->platform = BT_PLATFORM_WINDOWS;
    if (q->system != NULL && q->system[0] != '\0') {
        if (!bt_kb_parse_system(q->system, &named, bad))
            return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET, "\"%s\" is no system that is known",
                           q->system);
        bt_named_system_apply(kb, &named, false, system);
    }
    if (q->architecture != NULL && !bt_arch_find(q->architecture, &system->arch))
        return BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET, "unknown architecture \"%s\"",
                       q->architecture);
    if (q->build != 0)
        system->build = bt_some32(q->build);
    if (q->service_pack_known)
        system->service_pack = bt_some32(q->service_pack);
    return read_product_type(q->product_type, system, err);
}

static enum bt_status add_modules(const struct bt_stop_question *q, struct bt_arena *arena,
                                  struct bt_crash *crash, struct bt_error *err)
{
    if (q->module_count == 0)
        return BT_OK;
    if (q->module_count > BT_LIMIT_MODULES)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "%zu modules are too many",
                       q->module_count);
    BT_TRY(
        bt_arena_alloc(arena, q->module_count, sizeof *crash->modules, &crash->modules, err));
    crash->modules_reported = true;
    for (size_t i = 0; i < q->module_count; i++) {
        const struct bt_stop_module *told = &q->modules[i];
        struct bt_module *module = &crash->modules[crash->module_count];
        *module = (struct bt_module){.base = told->base, .size = told->size};
        BT_TRY(keep(arena, told->name, &module->name, err));
        if (module->name == NULL)
            continue;
        if (told->version != NULL && told->version[0] != '\0')
            module->file_version.known =
                bt_parse_file_version(told->version, &module->file_version.value);
        if (told->stamp != 0)
            module->timestamp = bt_some32(told->stamp);
        if (told->blamed && crash->reported_fault.module == NULL)
            crash->reported_fault.module = module;
        crash->module_count++;
    }
    return BT_OK;
}

enum bt_status bt_told_stop(const struct bt_kb *kb, const struct bt_stop_question *q,
                            struct bt_arena *arena, struct bt_crash *crash,
                            struct bt_error *err)
{
    BT_TRY(add_system(kb, q, &crash->system, err));
    BT_TRY(add_modules(q, arena, crash, err));
    BT_TRY(keep(arena, q->process, &crash->process.name, err));
    crash->stop = (struct bt_stop){
        .present = true,
        .raw = q->code,
        .code = bt_stop_base_code(q->code),
        .parameter_bits = 32,
        .parameter_count = q->parameter_count,
    };
    bool wide = bt_arch_is64(crash->system.arch);
    for (unsigned i = 0; i < q->parameter_count; i++) {
        crash->stop.parameters[i] = q->parameters[i];
        wide = wide || q->parameters[i] > UINT32_MAX;
    }
    if (wide)
        crash->stop.parameter_bits = 64;
    return BT_OK;
}
