// SPDX-License-Identifier: MIT
//
// Saved registers. Most writers use the CONTEXT of Windows for each architecture; Breakpad has
// two layouts of its own (minidump_cpu_arm.h, minidump_cpu_arm64.h):
//   ARM:           00 u32 flags with bit 30 (of old 40), 04 u32 r0..r15, 44 u32 cpsr
//   ARM64, of old: 00 u64 flags with bit 31, 08 u64 x0..x30 sp pc, 110 u32 cpsr
#include "dump/user/minidump.h"

enum { CONTEXT_MAX = 4096, ARM_LEAST = 0x48, ARM64_OLD_LEAST = 0x114 };

static const uint32_t BREAKPAD_ARM = 0x40000000;
static const uint32_t BREAKPAD_ARM_OLD = 0x00000040;
static const uint32_t BREAKPAD_ARM64_OLD = 0x80000000;

static struct bt_registers decode_arm(struct bt_span raw, enum bt_platform platform)
{
    struct bt_registers registers = {.arch = BT_ARCH_ARM, .count = 15, .valid = 0x7fff};
    for (unsigned i = 0; i < 15; i++)
        registers.general[i] = bt_span_u32(raw, 4 + 4 * i);
    registers.ip = bt_span_u32(raw, 0x40);
    registers.sp = registers.general[13];
    registers.fp = registers.general[platform == BT_PLATFORM_IOS ? 7 : 11];
    registers.flags = bt_span_u32(raw, 0x44);
    return registers;
}

static struct bt_registers decode_arm64_old(struct bt_span raw)
{
    struct bt_registers registers = {.arch = BT_ARCH_ARM64, .count = 32, .valid = 0xffffffff};
    for (unsigned i = 0; i < 32; i++)
        registers.general[i] = bt_span_u64(raw, 8 + 8 * i);
    registers.ip = bt_span_u64(raw, 0x108);
    registers.sp = registers.general[31];
    registers.fp = registers.general[29];
    registers.flags = bt_span_u32(raw, 0x110);
    return registers;
}

enum bt_status bt_md_context(struct bt_minidump *md, struct bt_md_location at,
                             struct bt_registers *ret, struct bt_error *err)
{
    enum bt_arch arch = md->crash->system.arch;
    uint8_t bytes[CONTEXT_MAX];
    size_t size = at.size < CONTEXT_MAX ? (size_t)at.size : CONTEXT_MAX;
    if (size < 4 || arch == BT_ARCH_UNKNOWN)
        return BT_ABSENT;
    BT_TRY(bt_source_read(md->source, at.offset, bytes, size, err));
    struct bt_span raw = {.data = bytes, .size = size, .file_offset = at.offset};
    uint32_t flags = bt_span_u32(raw, 0);
    if (arch == BT_ARCH_ARM && size >= ARM_LEAST &&
        ((flags & BREAKPAD_ARM) != 0 || (flags & ~UINT32_C(0x3f)) == BREAKPAD_ARM_OLD)) {
        *ret = decode_arm(raw, md->crash->system.platform);
        return BT_OK;
    }
    if (arch == BT_ARCH_ARM64 && size >= ARM64_OLD_LEAST && (flags & BREAKPAD_ARM64_OLD) != 0) {
        *ret = decode_arm64_old(raw);
        return BT_OK;
    }
    return bt_context_decode(raw, arch, ret, err);
}
