// SPDX-License-Identifier: MIT
#include "verdict/parameter_kinds.h"

#include <inttypes.h>
#include <string.h>

#include "stack/symbolize.h"
#include "verdict/kernel_address.h"

typedef enum bt_status resolve_fn(const struct bt_scene *scene, struct bt_parameter *parameter,
                                  struct bt_error *err);

// The loaded or unloaded module that holds the value. Names are copied by reference: they live
// in the arena of the dump.
static bool place_in_module(const struct bt_crash *crash, struct bt_parameter *parameter)
{
    const struct bt_module *module = bt_module_at(crash, parameter->value);
    if (module != NULL) {
        parameter->module = module->name;
        parameter->offset = parameter->value - module->base;
        return true;
    }
    const struct bt_unloaded_module *unloaded = bt_unloaded_at(crash, parameter->value);
    if (unloaded != NULL) {
        parameter->module = unloaded->name;
        parameter->offset = parameter->value - unloaded->base;
        parameter->unloaded = true;
        return true;
    }
    return false;
}

static bool is_64bit(const struct bt_crash *crash)
{
    // An exception without a stop is that of a program, whose addresses are as wide as its
    // processor's.
    return crash->stop.present ? crash->stop.parameter_bits == 64
                               : bt_arch_is64(crash->system.arch);
}

// Whether an address belongs to the half of the address space that programs have: kernels start
// at the half or, on x86 by an option, at three quarters.
static bool is_user_address(const struct bt_crash *crash, bt_va address)
{
    return address < (is_64bit(crash) ? UINT64_C(1) << 47 : UINT64_C(1) << 31);
}

static enum bt_status resolve_code(const struct bt_scene *scene, struct bt_parameter *parameter,
                                   const char *elsewhere, struct bt_error *err)
{
    // 0 is "not known" for several stops, and a jump to 0 looks the same: nothing is said.
    if (parameter->value == 0 || place_in_module(scene->crash, parameter))
        return BT_OK;
    BT_TRY(bt_kernel_address_hint(scene, parameter->value, &parameter->hint, err));
    if (parameter->hint == NULL && is_user_address(scene->crash, parameter->value))
        parameter->hint = "an address of a user-mode program";
    if (parameter->hint == NULL && bt_is_outside_modules(scene->crash, parameter->value))
        parameter->hint = elsewhere;
    return BT_OK;
}

static enum bt_status resolve_instruction(const struct bt_scene *scene,
                                          struct bt_parameter *parameter, struct bt_error *err)
{
    return resolve_code(scene, parameter,
                        "in no module: a call through a bad pointer, or code that was freed",
                        err);
}

static enum bt_status resolve_routine(const struct bt_scene *scene,
                                      struct bt_parameter *parameter, struct bt_error *err)
{
    return resolve_code(scene, parameter, "in no module: code that was freed, or a bad pointer",
                        err);
}

static enum bt_status resolve_address(const struct bt_scene *scene,
                                      struct bt_parameter *parameter, struct bt_error *err)
{
    if (place_in_module(scene->crash, parameter))
        return BT_OK;
    return bt_kernel_address_hint(scene, parameter->value, &parameter->hint, err);
}

static enum bt_status resolve_pointer(const struct bt_scene *scene,
                                      struct bt_parameter *parameter, struct bt_error *err)
{
    if (parameter->value == 0 || place_in_module(scene->crash, parameter))
        return BT_OK;
    return bt_kernel_object_hint(scene, parameter->value, &parameter->hint, err);
}

// A status is 32 bits wide; a 64-bit parameter holds it plain or sign-extended.
static bool narrow_status(uint64_t value, uint32_t *ret)
{
    uint64_t upper = value >> 32;
    if (upper != 0 && upper != UINT32_MAX)
        return false;
    *ret = (uint32_t)value;
    return true;
}

static enum bt_status resolve_status(const struct bt_scene *scene,
                                     struct bt_parameter *parameter, struct bt_error *err)
{
    (void)err;
    struct bt_kb_status status;
    uint32_t value;
    if (!narrow_status(parameter->value, &value))
        return BT_OK;
    // Last HRESULTs, which only exceptions of programs hold.
    if (!bt_kb_status_find(scene->kb, BT_KB_NTSTATUS, value, &status) &&
        !bt_kb_status_find(scene->kb, BT_KB_EXCEPTION, value, &status) &&
        (scene->crash->stop.present ||
         !bt_kb_status_find(scene->kb, BT_KB_WIN32, value, &status)))
        return BT_OK;
    parameter->status = status.name;
    if (parameter->meaning == NULL)
        parameter->meaning = status.text;
    return BT_OK;
}

// Interrupt levels have other numbers on x86 (0 to 31) than on the 64-bit processors and ARM
// (0 to 15). Source: wdm.h.
static const char *name_irql(enum bt_arch arch, uint64_t level)
{
    static const char *const low[] = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"};
    if (level < BT_COUNT(low))
        return low[level];
    bool x86 = arch == BT_ARCH_X86;
    if (arch == BT_ARCH_UNKNOWN || arch == BT_ARCH_IA64)
        return NULL;
    if (level == (x86 ? 31 : 15))
        return "HIGH_LEVEL";
    if (level == (x86 ? 28 : 13))
        return "CLOCK_LEVEL";
    if (level == (x86 ? 29 : 14))
        return "IPI_LEVEL";
    if (x86 && level == 27)
        return "PROFILE_LEVEL";
    if (x86 && level == 30)
        return "POWER_LEVEL";
    return level < (x86 ? 27 : 13) ? "level of a device interrupt" : NULL;
}

static enum bt_status resolve_irql(const struct bt_scene *scene, struct bt_parameter *parameter,
                                   struct bt_error *err)
{
    (void)err;
    if (parameter->meaning == NULL)
        parameter->meaning = name_irql(scene->crash->system.arch, parameter->value);
    return BT_OK;
}

static enum bt_status resolve_access(const struct bt_scene *scene,
                                     struct bt_parameter *parameter, struct bt_error *err)
{
    (void)scene;
    (void)err;
    if (parameter->meaning == NULL)
        parameter->meaning = bt_access_name(parameter->value);
    return BT_OK;
}

static enum bt_status resolve_process(const struct bt_scene *scene,
                                      struct bt_parameter *parameter, struct bt_error *err)
{
    const struct bt_process *process = &scene->crash->process;
    if (parameter->value == 0 || parameter->value != process->process_object)
        return resolve_pointer(scene, parameter, err);
    if (process->name == NULL) {
        parameter->hint = "the process that was running";
        return BT_OK;
    }
    return bt_arena_printf(scene->arena, &parameter->hint, err,
                           "%s, the process that was running", process->name);
}

static enum bt_status resolve_thread(const struct bt_scene *scene,
                                     struct bt_parameter *parameter, struct bt_error *err)
{
    if (parameter->value == 0 || parameter->value != scene->crash->process.thread_object)
        return resolve_pointer(scene, parameter, err);
    parameter->hint = "the thread that was running";
    return BT_OK;
}

// Of the memory manager's entries that are found damaged, one lone bit is what failing memory
// leaves in what was zero.
static enum bt_status resolve_bits(const struct bt_scene *scene, struct bt_parameter *parameter,
                                   struct bt_error *err)
{
    const uint32_t memory_management = 0x1a;
    const uint64_t value = parameter->value;
    unsigned bit = 0;
    if (scene->crash->stop.code != memory_management || value == 0 ||
        (value & (value - 1)) != 0)
        return BT_OK;
    while (value >> bit != 1)
        bit++;
    return bt_arena_printf(scene->arena, &parameter->hint, err,
                           "one single bit (%u) is set: failing memory?", bit);
}

// Four characters that say who allocated a block; numbers in the same place are none.
static enum bt_status resolve_tag(const struct bt_scene *scene, struct bt_parameter *parameter,
                                  struct bt_error *err)
{
    char tag[5] = "";
    if (parameter->value > UINT32_MAX)
        return BT_OK;
    for (unsigned i = 0; i < 4; i++) {
        // The highest bit says that the block may be freed with its tag only.
        uint8_t c = (uint8_t)(parameter->value >> (8 * i)) & (i == 3 ? 0x7f : 0xff);
        if (c < 0x20 || c > 0x7e)
            return BT_OK;
        tag[i] = (char)c;
    }
    return bt_arena_printf(scene->arena, &parameter->hint, err, "\"%s\"", tag);
}

static const struct {
    const char *kind;
    resolve_fn *resolve;
} rules[] = {
    {"instruction", resolve_instruction},
    {"routine", resolve_routine},
    {"address", resolve_address},
    {"pointer", resolve_pointer},
    {"status", resolve_status},
    {"irql", resolve_irql},
    {"access", resolve_access},
    {"process", resolve_process},
    {"thread", resolve_thread},
    {"stack-address", resolve_pointer},
    {"pool-block", resolve_pointer},
    {"pool-header", resolve_pointer},
    {"pool-tag", resolve_tag},
    {"irp", resolve_pointer},
    {"device-object", resolve_pointer},
    {"driver-object", resolve_pointer},
    {"file-object", resolve_pointer},
    {"prcb", resolve_pointer},
    {"exception-record", resolve_pointer},
    {"context", resolve_pointer},
    {"trap-frame", resolve_pointer},
    {"task-state", resolve_pointer},
    {"string", resolve_pointer},
    {"object", resolve_pointer},
    {"whea-record", resolve_pointer},
    {"watchdog-block", resolve_pointer},
    {"bit-pattern", resolve_bits},
};

// What symbol files call the code at the value.
static enum bt_status name_code(const struct bt_scene *scene, struct bt_parameter *parameter,
                                struct bt_error *err)
{
    if (parameter->module == NULL || parameter->unloaded)
        return BT_OK;
    enum bt_status status =
        bt_symbolize_address(scene->crash, scene->memory, scene->symbols, parameter->value,
                             scene->arena, &parameter->function, err);
    return status == BT_ABSENT ? BT_OK : status;
}

enum bt_status bt_parameter_resolve(const struct bt_scene *scene,
                                    struct bt_parameter *parameter, struct bt_error *err)
{
    for (size_t i = 0; i < BT_COUNT(rules); i++) {
        if (parameter->kind == NULL || strcmp(parameter->kind, rules[i].kind) != 0)
            continue;
        BT_TRY(rules[i].resolve(scene, parameter, err));
        return name_code(scene, parameter, err);
    }
    return BT_OK;
}
