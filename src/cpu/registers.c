// SPDX-License-Identifier: MIT
#include "cpu/registers.h"

#include <inttypes.h>

enum { NOWHERE = 0xffff };

// Where a CONTEXT record or a trap frame holds its registers. Offsets of CONTEXT computed from
// the compiler's own headers (mingw-w64 winnt.h), x64 and ARM64 compared with real dumps; of
// KTRAP_FRAME from public symbol dumps, x64 compared with real dumps.
struct layout {
    size_t size;            // bytes that must be there
    unsigned width;         // of a general register: 4 or 8
    uint16_t general_count; // entries of `general`
    uint16_t general[BT_REGISTERS_MAX];
    uint16_t ip, sp, fp;
    uint16_t flags, cs; // processor flags (32 bits) and code segment (16 bits)
};

static const struct layout x86_context = {
    .size = 0x2cc,
    .width = 4,
    .general_count = 8, // eax ecx edx ebx esp ebp esi edi
    .general = {0xb0, 0xac, 0xa8, 0xa4, 0xc4, 0xb4, 0xa0, 0x9c},
    .ip = 0xb8,
    .sp = 0xc4,
    .fp = 0xb4,
    .flags = 0xc0,
    .cs = 0xbc,
};

static const struct layout x64_context = {
    .size = 0x4d0,
    .width = 8,
    .general_count = 16, // rax rcx rdx rbx rsp rbp rsi rdi r8..r15
    .general = {0x78, 0x80, 0x88, 0x90, 0x98, 0xa0, 0xa8, 0xb0, 0xb8, 0xc0, 0xc8, 0xd0, 0xd8,
                0xe0, 0xe8, 0xf0},
    .ip = 0xf8,
    .sp = 0x98,
    .fp = 0xa0,
    .flags = 0x44,
    .cs = 0x38,
};

static const struct layout arm_context = {
    .size = 0x1a0,
    .width = 4,
    .general_count = 15, // r0..r12 sp lr
    .general = {0x04, 0x08, 0x0c, 0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x28, 0x2c, 0x30, 0x34,
                0x38, 0x3c},
    .ip = 0x40,
    .sp = 0x38,
    .fp = 0x30, // r11, the frame pointer of Thumb-2 code for Windows
    .flags = 0x44,
    .cs = NOWHERE,
};

static const struct layout arm64_context = {
    .size = 0x390,
    .width = 8,
    .general_count = 32, // x0..x30 sp
    .general = {0x08, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0x40, 0x48, 0x50, 0x58,
                0x60, 0x68, 0x70, 0x78, 0x80, 0x88, 0x90, 0x98, 0xa0, 0xa8, 0xb0,
                0xb8, 0xc0, 0xc8, 0xd0, 0xd8, 0xe0, 0xe8, 0xf0, 0xf8, 0x100},
    .ip = 0x108,
    .sp = 0x100,
    .fp = 0xf0,
    .flags = 0x04,
    .cs = NOWHERE,
};

static const struct layout ia64_context = {
    .size = 0xa70,
    .width = 8,
    .ip = 0xa18, // StIIP
    .sp = 0x8d0, // IntSp
    .fp = NOWHERE,
    .flags = NOWHERE,
    .cs = NOWHERE,
};

// KTRAP_FRAME. A register that the frame does not save is NOWHERE: the x64 kernel leaves rbx,
// rsi and rdi and r12..r15 to its callees.
static const struct layout x86_trap_frame = {
    .size = 0x8c,
    .width = 4,
    .general_count = 8,
    .general = {0x44, 0x40, 0x3c, 0x5c, NOWHERE, 0x60, 0x58, 0x54},
    .ip = 0x68,
    .sp = 0x74, // HardwareEsp, see decode_stack_pointer
    .fp = 0x60,
    .flags = 0x70,
    .cs = 0x6c,
};

static const struct layout x64_trap_frame = {
    .size = 0x190,
    .width = 8,
    .general_count = 16,
    .general = {0x30, 0x38, 0x40, NOWHERE, 0x180, 0x158, NOWHERE, NOWHERE, 0x48, 0x50, 0x58,
                0x60, NOWHERE, NOWHERE, NOWHERE, NOWHERE},
    .ip = 0x168,
    .sp = 0x180,
    .fp = 0x158,
    .flags = 0x178,
    .cs = 0x170,
};

// Which CONTEXT belongs to an architecture, and the word that marks it. The low half of the
// word says which parts are valid, some high bits carry state of the exception.
struct context_kind {
    const struct layout *layout;
    size_t mark_offset;
    uint32_t mark;
};

static bool find_context(enum bt_arch arch, struct context_kind *ret)
{
    switch (arch) {
    case BT_ARCH_X86:
        *ret = (struct context_kind){&x86_context, 0x00, 0x00010000};
        return true;
    case BT_ARCH_X64:
        *ret = (struct context_kind){&x64_context, 0x30, 0x00100000};
        return true;
    case BT_ARCH_ARM:
        *ret = (struct context_kind){&arm_context, 0x00, 0x00200000};
        return true;
    case BT_ARCH_ARM64:
        *ret = (struct context_kind){&arm64_context, 0x00, 0x00400000};
        return true;
    case BT_ARCH_IA64:
        *ret = (struct context_kind){&ia64_context, 0x00, 0x00080000};
        return true;
    default:
        return false;
    }
}

static uint64_t take_register(struct bt_span raw, const struct layout *layout, uint16_t offset)
{
    return offset != NOWHERE ? bt_span_word(raw, offset, layout->width == 8) : 0;
}

static void decode(struct bt_span raw, const struct layout *layout, enum bt_arch arch,
                   struct bt_registers *ret)
{
    *ret = (struct bt_registers){
        .arch = arch,
        .ip = take_register(raw, layout, layout->ip),
        .sp = take_register(raw, layout, layout->sp),
        .fp = take_register(raw, layout, layout->fp),
        .count = layout->general_count,
        .flags = layout->flags != NOWHERE ? bt_span_u32(raw, layout->flags) : 0,
        .cs = layout->cs != NOWHERE ? bt_span_u16(raw, layout->cs) : 0,
    };
    for (unsigned i = 0; i < ret->count; i++) {
        ret->general[i] = take_register(raw, layout, layout->general[i]);
        if (layout->general[i] != NOWHERE)
            ret->valid |= UINT32_C(1) << i;
    }
}

size_t bt_context_size(enum bt_arch arch)
{
    struct context_kind kind;
    return find_context(arch, &kind) ? kind.layout->size : 0;
}

enum bt_status bt_context_decode(struct bt_span raw, enum bt_arch arch,
                                 struct bt_registers *ret, struct bt_error *err)
{
    const uint32_t kind_bits = 0x07ff0000;
    struct context_kind kind;
    if (!find_context(arch, &kind))
        return BT_FAIL(err, BT_E_UNSUPPORTED, raw.file_offset,
                       "the context of this processor has no known layout");
    if (raw.size < kind.layout->size)
        return BT_FAIL(err, BT_E_TRUNCATED, raw.file_offset,
                       "a context takes %zu bytes, %zu are there", kind.layout->size, raw.size);
    uint32_t mark = bt_span_u32(raw, kind.mark_offset);
    if ((mark & kind_bits) != kind.mark)
        return BT_FAIL(err, BT_ABSENT, raw.file_offset,
                       "no context: its flags are 0x%08" PRIx32, mark);
    decode(raw, kind.layout, arch, ret);
    return BT_OK;
}

static const struct layout *find_trap_frame(enum bt_arch arch)
{
    switch (arch) {
    case BT_ARCH_X86:
        return &x86_trap_frame;
    case BT_ARCH_X64:
        return &x64_trap_frame;
    default:
        return NULL;
    }
}

size_t bt_trap_frame_size(enum bt_arch arch)
{
    const struct layout *layout = find_trap_frame(arch);
    return layout != NULL ? layout->size : 0;
}

// An x86 processor pushes esp only when it changes the privilege level or leaves virtual 8086
// mode. Otherwise the stack continues where the field would be.
static void decode_stack_pointer(bt_va frame, struct bt_registers *ret)
{
    enum { ESP = 4 };
    const uint64_t virtual_8086 = UINT64_C(1) << 17;
    bool pushed = (ret->cs & 3) != 0 || (ret->flags & virtual_8086) != 0;
    if (!pushed)
        ret->sp = (uint32_t)(frame + x86_trap_frame.sp);
    ret->general[ESP] = ret->sp;
    ret->valid |= UINT32_C(1) << ESP;
}

enum bt_status bt_trap_frame_decode(struct bt_span raw, bt_va va, enum bt_arch arch,
                                    struct bt_registers *ret, struct bt_error *err)
{
    const struct layout *layout = find_trap_frame(arch);
    if (layout == NULL)
        return BT_FAIL(err, BT_E_UNSUPPORTED, raw.file_offset,
                       "the trap frame of this processor has no known layout");
    if (raw.size < layout->size)
        return BT_FAIL(err, BT_E_TRUNCATED, raw.file_offset,
                       "a trap frame takes %zu bytes, %zu are there", layout->size, raw.size);
    decode(raw, layout, arch, ret);
    if (arch == BT_ARCH_X86)
        decode_stack_pointer(va, ret);
    return BT_OK;
}

static const char *const x86_names[] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
static const char *const x64_names[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                        "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
static const char *const arm_names[] = {"r0", "r1", "r2",  "r3",  "r4",  "r5", "r6", "r7",
                                        "r8", "r9", "r10", "r11", "r12", "sp", "lr"};
static const char *const arm64_names[] = {
    "x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",  "x10",
    "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21",
    "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp"};

const char *bt_register_name(enum bt_arch arch, unsigned index)
{
    switch (arch) {
    case BT_ARCH_X86:
        return index < BT_COUNT(x86_names) ? x86_names[index] : NULL;
    case BT_ARCH_X64:
        return index < BT_COUNT(x64_names) ? x64_names[index] : NULL;
    case BT_ARCH_ARM:
        return index < BT_COUNT(arm_names) ? arm_names[index] : NULL;
    case BT_ARCH_ARM64:
        return index < BT_COUNT(arm64_names) ? arm64_names[index] : NULL;
    default:
        return NULL;
    }
}
