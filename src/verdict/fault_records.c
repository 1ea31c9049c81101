// SPDX-License-Identifier: MIT
#include "verdict/fault_records.h"

#include "base/span.h"

// EXCEPTION_RECORD (winnt.h):  32-bit: 00 code, 04 flags, 0c address, 10 count, 14 u32[15]
//                              64-bit: 00 code, 04 flags, 10 address, 18 count, 20 u64[15]
enum {
    RECORD32_SIZE = 0x50,
    RECORD64_SIZE = 0x98,
};

enum { LARGEST_CONTEXT = 0xb00, LARGEST_TRAP_FRAME = 0x200 };

bool bt_fault_context(const struct bt_scene *scene, bt_va va, struct bt_registers *ret)
{
    uint8_t bytes[LARGEST_CONTEXT];
    size_t size = bt_context_size(scene->crash->system.arch);
    if (size == 0 || size > sizeof bytes ||
        bt_memory_read(scene->memory, va, bytes, size, NULL) != BT_OK)
        return false;
    struct bt_span raw = {.data = bytes, .size = size};
    return bt_context_decode(raw, scene->crash->system.arch, ret, NULL) == BT_OK;
}

// Where records keep the instruction pointer.
struct record_shape {
    enum bt_arch arch;
    uint16_t trap_ip, context_ip;
    uint16_t code_segments[3]; // a trap frame holds one of these
};

static const struct record_shape shapes[] = {
    {BT_ARCH_X64, 0x168, 0xf8, {0x10, 0x33, 0x23}},
    {BT_ARCH_X86, 0x68, 0xb8, {0x08, 0x1b, 0x1b}},
};

static const struct record_shape *shape_of(enum bt_arch arch)
{
    for (size_t i = 0; i < BT_COUNT(shapes); i++) {
        if (shapes[i].arch == arch)
            return &shapes[i];
    }
    return NULL;
}

bool bt_fault_trap_frame(const struct bt_scene *scene, bt_va va, struct bt_registers *ret)
{
    uint8_t bytes[LARGEST_TRAP_FRAME];
    size_t size = bt_trap_frame_size(scene->crash->system.arch);
    if (size == 0 || size > sizeof bytes ||
        bt_memory_read(scene->memory, va, bytes, size, NULL) != BT_OK)
        return false;
    struct bt_span raw = {.data = bytes, .size = size};
    struct bt_registers r;
    const struct record_shape *shape = shape_of(scene->crash->system.arch);
    if (shape == NULL ||
        bt_trap_frame_decode(raw, va, scene->crash->system.arch, &r, NULL) != BT_OK)
        return false;
    // Memory that was used again holds no code segment there.
    for (size_t i = 0; i < BT_COUNT(shape->code_segments); i++) {
        if (r.cs == shape->code_segments[i]) {
            *ret = r;
            return true;
        }
    }
    return false;
}

bool bt_fault_exception_record(const struct bt_scene *scene, bt_va va, struct bt_exception *ret)
{
    uint8_t bytes[RECORD64_SIZE];
    bool is64 = scene->memory->is64;
    size_t size = is64 ? RECORD64_SIZE : RECORD32_SIZE;
    if (bt_memory_read(scene->memory, va, bytes, size, NULL) != BT_OK)
        return false;
    struct bt_span r = {.data = bytes, .size = size};
    struct bt_exception e = {
        .present = true,
        .code = bt_span_u32(r, 0x00),
        .flags = bt_span_u32(r, 0x04),
        .address = bt_span_word(r, is64 ? 0x10 : 0x0c, is64),
        .parameter_count = bt_span_u32(r, is64 ? 0x18 : 0x10),
    };
    // A record holds at most 15 parameters, and nobody raises a status of success (severity 0):
    // anything else says that this is none.
    if (e.code >> 30 == 0 || e.parameter_count > BT_EXCEPTION_PARAMETERS)
        return false;
    for (unsigned i = 0; i < e.parameter_count; i++)
        e.parameters[i] = bt_span_word(r, is64 ? 0x20 + 8 * i : 0x14 + 4 * i, is64);
    *ret = e;
    return true;
}

// TSS32 (Intel SDM, volume 3, 7.2.1): 08 ss0, 20 eip, 24 eflags, 28 eax ecx edx ebx esp ebp esi
// edi, 4c cs. The kernel's stack segment is 0x10, its code segment 8.
bool bt_fault_task_state(const struct bt_scene *scene, bt_va va, struct bt_registers *ret)
{
    enum { SIZE = 0x68, SS0 = 0x08, EIP = 0x20, EFLAGS = 0x24, EAX = 0x28, CS = 0x4c };
    enum { REGISTERS = 8, ESP = 4, EBP = 5, KERNEL_CODE = 0x08, KERNEL_DATA = 0x10 };
    uint8_t bytes[SIZE];
    if (scene->crash->system.arch != BT_ARCH_X86 ||
        bt_memory_read(scene->memory, va, bytes, sizeof bytes, NULL) != BT_OK)
        return false;
    struct bt_span t = {.data = bytes, .size = sizeof bytes};
    struct bt_registers r = {
        .arch = BT_ARCH_X86,
        .ip = bt_span_u32(t, EIP),
        .count = REGISTERS,
        .valid = (1u << REGISTERS) - 1,
        .flags = bt_span_u32(t, EFLAGS),
        .cs = bt_span_u16(t, CS),
    };
    for (unsigned i = 0; i < REGISTERS; i++)
        r.general[i] = bt_span_u32(t, EAX + 4 * i);
    r.sp = r.general[ESP];
    r.fp = r.general[EBP];
    if (bt_span_u16(t, SS0) != KERNEL_DATA || r.cs != KERNEL_CODE || r.ip == 0)
        return false;
    *ret = r;
    return true;
}

// The record is found from the position of its instruction pointer and must decode to the same
// address.
static bool is_record(const struct bt_scene *scene, const struct record_shape *shape,
                      bt_va position, bt_va ip, struct bt_registers *ret, const char **ret_what)
{
    if (bt_fault_context(scene, position - shape->context_ip, ret) && ret->ip == ip) {
        *ret_what = "context record on the stack";
        return true;
    }
    *ret_what = "trap frame on the stack";
    return bt_fault_trap_frame(scene, position - shape->trap_ip, ret) && ret->ip == ip;
}

static bool search_range(const struct bt_scene *scene, const struct record_shape *shape,
                         bt_va start, bt_va end, bt_va ip, struct bt_registers *ret,
                         const char **ret_what)
{
    enum { CHUNK = 4096 };
    const size_t word = scene->memory->is64 ? 8 : 4;
    uint8_t chunk[CHUNK];
    for (bt_va at = start & ~(bt_va)(word - 1); at < end;) {
        // To the end of a page first: what follows a stack is not mapped.
        size_t want = CHUNK - (size_t)(at % CHUNK);
        size_t got = scene->memory->read_some(scene->memory, at, chunk, want) / word;
        for (size_t i = 0; i < got; i++) {
            const uint8_t *p = chunk + word * i;
            if ((word == 8 ? bt_le64(p) : bt_le32(p)) == ip &&
                is_record(scene, shape, at + word * i, ip, ret, ret_what))
                return true;
        }
        if (got == 0)
            return false;
        at += word * got;
    }
    return false;
}

bool bt_fault_record_on_stack(const struct bt_scene *scene, bt_va ip, struct bt_registers *ret,
                              const char **ret_what)
{
    // Kernel stacks have 12 to 32 KiB.
    enum { OTHER_STACK_MAX = 0x8000 };
    const struct record_shape *shape = shape_of(scene->crash->system.arch);
    const struct bt_stack_memory *stack = &scene->crash->stack;
    if (shape == NULL)
        return false;
    if (search_range(scene, shape, stack->start, stack->end, ip, ret, ret_what))
        return true;
    // A deferred procedure call, an interrupt and a double fault have stacks of their own.
    const bt_va sp = scene->context != NULL ? scene->context->sp : 0;
    return sp != 0 && (sp < stack->start || sp >= stack->end) &&
           sp < UINT64_MAX - OTHER_STACK_MAX &&
           search_range(scene, shape, sp, sp + OTHER_STACK_MAX, ip, ret, ret_what);
}
