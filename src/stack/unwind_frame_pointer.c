// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "base/span.h"
#include "stack/return_address.h"
#include "stack/unwind.h"

enum {
    // Registers by number.
    X86_ESP = 4,
    X86_EBP = 5,
    X64_RSP = 4,
    X64_RBP = 5,
    ARM64_FP = 29,
    ARM64_LR = 30,
    ARM64_SP = 31,

    // The kernel's interrupt entry on x86 makes its trap frame look like a frame: ebp, eip,
    // then a mark.
    TRAP_MARK_AT = 8,
    TRAP_FRAME_MAX = 0x200,
};

#define TRAP_MARK UINT32_C(0xbadb0d00)

// ebx, esp, ebp, esi, edi: what a call leaves alone.
#define X86_NONVOLATILE UINT32_C(0xf8)

// The registers that were interrupted, where ebp points to a trap frame.
static bool read_trap_frame(const struct bt_memory *memory, bt_va at, struct bt_registers *ret)
{
    uint8_t raw[TRAP_FRAME_MAX];
    size_t size = bt_trap_frame_size(BT_ARCH_X86);
    if (size > sizeof raw || bt_memory_read(memory, at, raw, size, NULL) != BT_OK ||
        bt_le32(raw + TRAP_MARK_AT) != TRAP_MARK)
        return false;
    struct bt_span span = {.data = raw, .size = size, .file_offset = BT_NO_OFFSET};
    return bt_trap_frame_decode(span, at, BT_ARCH_X86, ret, NULL) == BT_OK;
}

// The pair that a frame pointer points to: the caller's frame pointer and the return address.
static enum bt_status read_link(const struct bt_memory *memory, const struct bt_registers *r,
                                bt_va *ret_fp, bt_va *ret_ip, struct bt_error *err)
{
    const bt_va fp = r->fp;
    const size_t word = memory->is64 ? 8 : 4;
    if (fp == 0 || fp % word != 0 || fp < r->sp)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "0x%" PRIx64 " is no frame pointer", fp);
    BT_TRY(bt_memory_pointer(memory, fp, ret_fp, err));
    BT_TRY(bt_memory_pointer(memory, fp + word, ret_ip, err));
    *ret_ip = bt_code_address(r->arch, *ret_ip);
    // Stacks grow down: a caller's frame lies above, and the last one has none.
    if (*ret_ip == 0 || (*ret_fp != 0 && *ret_fp <= fp))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the chain of frames ends at 0x%" PRIx64,
                       fp);
    return BT_OK;
}

static void set_x86(struct bt_registers *r, bt_va sp, bt_va fp)
{
    r->general[X86_ESP] = sp;
    r->general[X86_EBP] = fp;
    r->valid &= X86_NONVOLATILE;
}

static void set_arm64(struct bt_registers *r, bt_va sp, bt_va fp)
{
    r->general[ARM64_SP] = sp;
    r->general[ARM64_FP] = fp;
    // x19 to x29 are a callee's to keep; without its tables nobody knows where it did.
    r->valid = UINT32_C(1) << ARM64_FP | UINT32_C(1) << ARM64_SP;
}

static void set_x64(struct bt_registers *r, bt_va sp, bt_va fp)
{
    r->general[X64_RSP] = sp;
    r->general[X64_RBP] = fp;
    r->valid = UINT32_C(1) << X64_RSP | UINT32_C(1) << X64_RBP;
}

enum bt_status bt_unwind_frame_pointer(const struct bt_memory *memory,
                                       struct bt_unwind_frame *frame, struct bt_error *err)
{
    struct bt_registers *r = &frame->registers;
    struct bt_registers interrupted;
    bt_va fp = 0, ip = 0;
    if (r->arch == BT_ARCH_X86 && read_trap_frame(memory, r->fp, &interrupted)) {
        *frame = (struct bt_unwind_frame){.registers = interrupted, .exact = true};
        return BT_OK;
    }
    BT_TRY(read_link(memory, r, &fp, &ip, err));
    const bt_va sp = r->fp + (memory->is64 ? 16 : 8);
    if (r->arch == BT_ARCH_X86)
        set_x86(r, sp, fp);
    else if (r->arch == BT_ARCH_ARM64)
        set_arm64(r, sp, fp);
    else
        set_x64(r, sp, fp);
    r->ip = ip;
    r->sp = sp;
    r->fp = fp;
    frame->exact = false;
    return BT_OK;
}

bool bt_keeps_frame_pointers(const struct bt_crash *crash)
{
    switch (crash->system.arch) {
    case BT_ARCH_X86:
    case BT_ARCH_ARM64:
        return true;
    case BT_ARCH_X64: // on Windows rbp is a register like others, and tables unwind
        return crash->system.platform != BT_PLATFORM_WINDOWS &&
               crash->system.platform != BT_PLATFORM_UNKNOWN;
    default:
        return false;
    }
}

bool bt_unwind_chain_ends(const struct bt_memory *memory, const struct bt_crash *crash,
                          const struct bt_registers *r)
{
    const enum bt_platform platform = crash->system.platform;
    const bool apple = platform == BT_PLATFORM_MACOS || platform == BT_PLATFORM_IOS;
    const size_t word = memory->is64 ? 8 : 4;
    bt_va fp, ip;
    if (r->fp == 0)
        return apple || r->arch == BT_ARCH_ARM64;
    return bt_memory_pointer(memory, r->fp, &fp, NULL) == BT_OK &&
           bt_memory_pointer(memory, r->fp + word, &ip, NULL) == BT_OK && fp == 0 && ip == 0;
}

enum bt_status bt_unwind_link_register(struct bt_unwind_frame *frame, struct bt_error *err)
{
    struct bt_registers *r = &frame->registers;
    if (r->arch != BT_ARCH_ARM64 || (r->valid >> ARM64_LR & 1) == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "the link register is not known");
    r->ip = bt_code_address(r->arch, r->general[ARM64_LR]);
    r->valid &= ~(UINT32_C(1) << ARM64_LR);
    frame->exact = false;
    return BT_OK;
}
