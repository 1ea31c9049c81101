// SPDX-License-Identifier: MIT
#include "verdict/fault.h"

#include "base/limits.h"
#include "base/span.h"

// EXCEPTION_RECORD (winnt.h):  32-bit: 00 code, 04 flags, 0c address, 10 count, 14 u32[15]
//                              64-bit: 00 code, 04 flags, 10 address, 18 count, 20 u64[15]
enum {
    RECORD32_SIZE = 0x50,
    RECORD64_SIZE = 0x98,
};

enum { LARGEST_CONTEXT = 0xb00, LARGEST_TRAP_FRAME = 0x200 };

static bool read_context(const struct bt_scene *scene, bt_va va, struct bt_registers *ret)
{
    uint8_t bytes[LARGEST_CONTEXT];
    size_t size = bt_context_size(scene->crash->system.arch);
    if (size == 0 || size > sizeof bytes ||
        bt_memory_read(scene->memory, va, bytes, size, NULL) != BT_OK)
        return false;
    struct bt_span raw = {.data = bytes, .size = size};
    return bt_context_decode(raw, scene->crash->system.arch, ret, NULL) == BT_OK;
}

static bool read_trap_frame(const struct bt_scene *scene, bt_va va, struct bt_registers *ret)
{
    uint8_t bytes[LARGEST_TRAP_FRAME];
    size_t size = bt_trap_frame_size(scene->crash->system.arch);
    if (size == 0 || size > sizeof bytes ||
        bt_memory_read(scene->memory, va, bytes, size, NULL) != BT_OK)
        return false;
    struct bt_span raw = {.data = bytes, .size = size};
    return bt_trap_frame_decode(raw, va, scene->crash->system.arch, ret, NULL) == BT_OK;
}

static void read_exception_record(const struct bt_scene *scene, bt_va va)
{
    uint8_t bytes[RECORD64_SIZE];
    bool is64 = scene->memory->is64;
    size_t size = is64 ? RECORD64_SIZE : RECORD32_SIZE;
    if (bt_memory_read(scene->memory, va, bytes, size, NULL) != BT_OK)
        return;
    struct bt_span r = {.data = bytes, .size = size};
    struct bt_exception e = {
        .present = true,
        .code = bt_span_u32(r, 0x00),
        .flags = bt_span_u32(r, 0x04),
        .address = bt_span_word(r, is64 ? 0x10 : 0x0c, is64),
        .parameter_count = bt_span_u32(r, is64 ? 0x18 : 0x10),
    };
    // A record holds at most 15 parameters: more says that this is none.
    if (e.code == 0 || e.parameter_count > BT_EXCEPTION_PARAMETERS)
        return;
    for (unsigned i = 0; i < e.parameter_count; i++)
        e.parameters[i] = bt_span_word(r, is64 ? 0x20 + 8 * i : 0x14 + 4 * i, is64);
    scene->crash->exception = e;
}

static void take_instruction(const struct bt_scene *scene, struct bt_fault *fault)
{
    for (unsigned n = 0; n < 4; n++) {
        if (!bt_scene_kind(scene, n, "instruction") || scene->stop->parameters[n].value == 0)
            continue;
        fault->has_ip = true;
        fault->ip = scene->stop->parameters[n].value;
        fault->parameter = n + 1;
        return;
    }
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
            read_exception_record(scene, va);
        else if (bt_scene_kind(scene, n, "context") && read_context(scene, va, &registers))
            what = "context record";
        else if (bt_scene_kind(scene, n, "trap-frame") &&
                 read_trap_frame(scene, va, &registers))
            what = "trap frame";
        if (what == NULL || fault->has_registers || !agrees(fault, &registers))
            continue;
        fault->registers = registers;
        fault->has_registers = true;
        BT_TRY(bt_arena_printf(scene->arena, &fault->where, err, "%s (parameter %u)", what,
                               n + 1));
    }
    return BT_OK;
}

// A trap frame or context record that holds `ip` somewhere on the saved stack. The record is
// found from the position of its instruction pointer and must decode to the same address.
static bool find_on_stack(const struct bt_scene *scene, bt_va ip, struct bt_registers *ret,
                          const char **what)
{
    enum { TRAP_RIP = 0x168, CONTEXT_RIP = 0xf8, WORDS = 512 };
    const struct bt_stack_memory *stack = &scene->crash->stack;
    if (scene->crash->system.arch != BT_ARCH_X64)
        return false;
    uint8_t chunk[8 * WORDS];
    for (bt_va at = stack->start & ~(bt_va)7; at < stack->end;) {
        size_t got = scene->memory->read_some(scene->memory, at, chunk, sizeof chunk) / 8;
        for (size_t i = 0; i < got; i++) {
            bt_va position = at + 8 * i;
            if (bt_le64(chunk + 8 * i) != ip)
                continue;
            if (read_context(scene, position - CONTEXT_RIP, ret) && ret->ip == ip) {
                *what = "context record on the stack";
                return true;
            }
            if (read_trap_frame(scene, position - TRAP_RIP, ret) && ret->ip == ip &&
                (ret->cs == 0x10 || ret->cs == 0x33 || ret->cs == 0x23)) {
                *what = "trap frame on the stack";
                return true;
            }
        }
        if (got == 0)
            return false;
        at += 8 * got;
    }
    return false;
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
        find_on_stack(scene, fault->ip, &fault->registers, &fault->where))
        fault->has_registers = true;
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

// Real triage dumps save the context at the first instruction of KeBugCheckEx: the stack
// pointer is then at the return address, which names the caller.
static void find_caller(const struct bt_scene *scene, struct bt_fault *fault)
{
    const struct bt_crash *crash = scene->crash;
    const struct bt_registers *c = scene->context;
    if (c == NULL || scene->memory == NULL || crash->module_count == 0)
        return;
    if (bt_module_at(crash, c->ip) != &crash->modules[0])
        return;
    bt_va caller;
    if (crash->system.arch == BT_ARCH_X64 && c->sp == crash->stack.start) {
        if (bt_memory_pointer(scene->memory, c->sp, &caller, NULL) != BT_OK)
            return;
        fault->caller = caller;
        fault->has_caller = bt_module_at(crash, caller) != NULL;
    }
}

enum bt_status bt_fault_find(const struct bt_scene *scene, struct bt_fault *ret,
                             struct bt_error *err)
{
    struct bt_fault fault = {0};
    if (scene->crash->stop.present) {
        take_instruction(scene, &fault);
        if (scene->memory != NULL)
            BT_TRY(take_pointed_records(scene, &fault, err));
        search_registers(scene, &fault);
        find_caller(scene, &fault);
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
