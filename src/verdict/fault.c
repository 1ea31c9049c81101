// SPDX-License-Identifier: MIT
#include "verdict/fault.h"

#include "verdict/bugcheck_call.h"
#include "verdict/fault_records.h"

// The first parameter of a kind that is not zero, 1 to 4; 0: there is none.
static unsigned find_parameter(const struct bt_scene *scene, const char *kind)
{
    for (unsigned n = 0; n < 4; n++) {
        if (bt_scene_kind(scene, n, kind) && scene->stop->parameters[n].value != 0)
            return n + 1;
    }
    return 0;
}

static void take_code(const struct bt_scene *scene, struct bt_fault *fault)
{
    fault->parameter = find_parameter(scene, "instruction");
    fault->has_ip = fault->parameter != 0;
    if (fault->has_ip)
        fault->ip = scene->stop->parameters[fault->parameter - 1].value;
    fault->routine_parameter = find_parameter(scene, "routine");
    if (fault->routine_parameter != 0)
        fault->routine = scene->stop->parameters[fault->routine_parameter - 1].value;
}

// Only registers that agree with an instruction parameter count: a parameter that is no longer
// what the knowledge says (reused memory, another build) must not move the fault.
static bool agrees(const struct bt_fault *fault, const struct bt_registers *registers)
{
    return !fault->has_ip || fault->ip == registers->ip;
}

static enum bt_status take_pointed_records(const struct bt_scene *scene, struct bt_fault *fault,
                                           struct bt_error *err)
{
    for (unsigned n = 0; n < 4; n++) {
        bt_va va = scene->stop->parameters[n].value;
        struct bt_registers registers;
        const char *what = NULL;
        if (va == 0)
            continue;
        if (bt_scene_kind(scene, n, "exception-record"))
            (void)bt_fault_exception_record(scene, va, &scene->crash->exception);
        else if (bt_scene_kind(scene, n, "context") && bt_fault_context(scene, va, &registers))
            what = "context record";
        else if (bt_scene_kind(scene, n, "trap-frame") &&
                 bt_fault_trap_frame(scene, va, &registers))
            what = "trap frame";
        else if (bt_scene_kind(scene, n, "task-state") &&
                 bt_fault_task_state(scene, va, &registers))
            what = "task state";
        if (what == NULL || fault->has_registers || !agrees(fault, &registers))
            continue;
        fault->registers = registers;
        fault->has_registers = true;
        BT_TRY(bt_arena_printf(scene->arena, &fault->where, err, "%s (parameter %u)", what,
                               n + 1));
    }
    return BT_OK;
}

// A stop may name the stack pointer beside the instruction: enough to walk from.
static void take_stack_parameter(const struct bt_scene *scene, struct bt_fault *fault)
{
    for (unsigned n = 0; n < 4 && scene->memory != NULL; n++) {
        bt_va sp = scene->stop->parameters[n].value;
        bt_va word;
        if (!bt_scene_kind(scene, n, "stack-address") || n + 1 == fault->parameter ||
            bt_memory_pointer(scene->memory, sp, &word, NULL) != BT_OK)
            continue;
        fault->registers =
            (struct bt_registers){.arch = scene->crash->system.arch, .ip = fault->ip, .sp = sp};
        fault->has_registers = true;
        fault->where = "stack pointer of the fault";
        return;
    }
}

static void search_registers(const struct bt_scene *scene, struct bt_fault *fault)
{
    if (fault->has_registers || !fault->has_ip)
        return;
    if (scene->context != NULL && scene->context->ip == fault->ip) {
        fault->registers = *scene->context;
        fault->where = "context of the dump";
        fault->has_registers = true;
        return;
    }
    if (scene->memory != NULL &&
        bt_fault_record_on_stack(scene, fault->ip, &fault->registers, &fault->where)) {
        fault->has_registers = true;
        return;
    }
    take_stack_parameter(scene, fault);
}

// Stops for an unhandled exception give its code in parameter 1 and its address in another.
static void complete_exception(const struct bt_scene *scene, const struct bt_fault *fault)
{
    struct bt_exception *e = &scene->crash->exception;
    if (e->present || fault->parameter == 0 || !bt_scene_kind(scene, 0, "status"))
        return;
    *e = (struct bt_exception){
        .present = true,
        .code = (uint32_t)scene->stop->parameters[0].value,
        .address = fault->ip,
    };
}

enum bt_status bt_fault_find(const struct bt_scene *scene, struct bt_fault *ret,
                             struct bt_error *err)
{
    struct bt_fault fault = {0};
    if (scene->crash->stop.present) {
        take_code(scene, &fault);
        if (scene->memory != NULL)
            BT_TRY(take_pointed_records(scene, &fault, err));
        search_registers(scene, &fault);
        fault.has_caller = bt_bugcheck_caller(scene, &fault.caller);
    } else if (scene->context != NULL) {
        fault.registers = *scene->context;
        fault.has_registers = true;
        fault.where = "context of the crashing thread";
    }
    if (!fault.has_ip && fault.has_registers) {
        fault.has_ip = true;
        fault.ip = fault.registers.ip;
    }
    if (scene->crash->stop.present)
        complete_exception(scene, &fault);
    *ret = fault;
    return BT_OK;
}
