// SPDX-License-Identifier: MIT
#include "windows/kernel_offsets.h"

// One row for each layout. Sources: the structure listings of Volatility's Windows profiles,
// which were made from public symbols; x64 9600, 19041, 26100 and ARM64 22000 compared with
// real dumps; Windows 2000 and NT 4 from listings that people published, compared with nothing.
// A 0 is an offset that is not known.
struct row {
    enum bt_arch arch;
    uint32_t first_build; // the row holds up to the next row of the same architecture
    uint16_t peb;         // EPROCESS.Peb: the debugger block has it, so it tells rows apart
    uint16_t pid, name;
    uint16_t thread_size; // of ETHREAD: tells apart rows with the same peb; 0: does not matter
    uint16_t cid, process, stack_limit, stack_base;
    uint16_t number, vendor;
};

// clang-format off
static const struct row rows[] = {
    // arch        build  peb    pid    name   size   cid    proc  limit  base   number vendor
    {BT_ARCH_X86,   1381, 0x000, 0x094, 0x1dc, 0x000, 0x1e0, 0x44, 0x1c, 0x000, 0x010, 0x0000},
    {BT_ARCH_X86,   2195, 0x1b0, 0x09c, 0x1fc, 0x000, 0x1e0, 0x44, 0x1c, 0x000, 0x010, 0x0000},
    {BT_ARCH_X86,   2600, 0x1b0, 0x084, 0x174, 0x000, 0x1ec, 0x44, 0x1c, 0x168, 0x010, 0x0900},
    {BT_ARCH_X86,   3790, 0x190, 0x084, 0x154, 0x260, 0x1f4, 0x44, 0x1c, 0x15c, 0x010, 0x0a78},
    {BT_ARCH_X86,   3790, 0x1a0, 0x094, 0x164, 0x250, 0x1e4, 0x38, 0x1c, 0x158, 0x010, 0x0b60},
    {BT_ARCH_X86,   6000, 0x188, 0x09c, 0x14c, 0x000, 0x20c, 0x48, 0x2c, 0x174, 0x010, 0x1bac},
    {BT_ARCH_X86,   6001, 0x188, 0x09c, 0x14c, 0x000, 0x20c, 0x48, 0x2c, 0x174, 0x010, 0x1c2c},
    {BT_ARCH_X86,   7600, 0x1a8, 0x0b4, 0x16c, 0x000, 0x22c, 0x50, 0x2c, 0x190, 0x3cc, 0x336c},
    {BT_ARCH_X86,   9200, 0x140, 0x0b4, 0x170, 0x000, 0x214, 0x80, 0x24, 0x028, 0x3cc, 0x3c7c},
    {BT_ARCH_X86,   9600, 0x140, 0x0b4, 0x170, 0x000, 0x364, 0x80, 0x24, 0x028, 0x3cc, 0x3c7c},
    {BT_ARCH_X86,  10240, 0x144, 0x0b4, 0x170, 0x000, 0x374, 0x80, 0x24, 0x028, 0x3cc, 0x3cfc},
    {BT_ARCH_X86,  10586, 0x144, 0x0b4, 0x174, 0x000, 0x374, 0x80, 0x24, 0x028, 0x3cc, 0x3cfc},
    {BT_ARCH_X86,  15063, 0x14c, 0x0b4, 0x17c, 0x000, 0x37c, 0x80, 0x24, 0x028, 0x3cc, 0x3cfc},
    {BT_ARCH_X86,  18362, 0x14c, 0x0b4, 0x17c, 0x000, 0x384, 0x80, 0x24, 0x028, 0x3cc, 0x3cfc},
    {BT_ARCH_X86,  19041, 0x17c, 0x0e4, 0x1ac, 0x000, 0x2ac, 0x80, 0x24, 0x028, 0x3cc, 0x3d3c},

    {BT_ARCH_X64,   3790, 0x2c0, 0x0d8, 0x268, 0x428, 0x370, 0x68, 0x30, 0x258, 0x004, 0x22b4},
    {BT_ARCH_X64,   3790, 0x2c0, 0x0d8, 0x268, 0x410, 0x358, 0x68, 0x30, 0x240, 0x004, 0x22b4},
    {BT_ARCH_X64,   6000, 0x290, 0x0e0, 0x238, 0x000, 0x380, 0x68, 0x30, 0x250, 0x004, 0x38bc},
    {BT_ARCH_X64,   6001, 0x290, 0x0e0, 0x238, 0x000, 0x380, 0x68, 0x30, 0x250, 0x004, 0x399c},
    {BT_ARCH_X64,   7600, 0x338, 0x180, 0x2e0, 0x000, 0x3b0, 0x70, 0x30, 0x278, 0x024, 0x4bb8},
    {BT_ARCH_X64,   9200, 0x3e8, 0x2e0, 0x438, 0x000, 0x398, 0xb8, 0x30, 0x038, 0x024, 0x5948},
    {BT_ARCH_X64,   9600, 0x3e8, 0x2e0, 0x438, 0x000, 0x620, 0xb8, 0x30, 0x038, 0x024, 0x5958},
    {BT_ARCH_X64,  10240, 0x3f8, 0x2e8, 0x448, 0x000, 0x628, 0xb8, 0x30, 0x038, 0x024, 0x6258},
    {BT_ARCH_X64,  10586, 0x3f8, 0x2e8, 0x450, 0x000, 0x628, 0xb8, 0x30, 0x038, 0x024, 0x6258},
    {BT_ARCH_X64,  14393, 0x3f8, 0x2e8, 0x450, 0x000, 0x630, 0xb8, 0x30, 0x038, 0x024, 0x6258},
    {BT_ARCH_X64,  15063, 0x3f8, 0x2e0, 0x450, 0x000, 0x638, 0xb8, 0x30, 0x038, 0x024, 0x6358},
    {BT_ARCH_X64,  16299, 0x3f8, 0x2e0, 0x450, 0x000, 0x638, 0xb8, 0x30, 0x038, 0x024, 0x6290},
    {BT_ARCH_X64,  18362, 0x3f8, 0x2e8, 0x450, 0x000, 0x648, 0xb8, 0x30, 0x038, 0x024, 0x6290},
    // Also Windows 11 before 26100, it is believed; the peb tells.
    {BT_ARCH_X64,  19041, 0x550, 0x440, 0x5a8, 0x000, 0x478, 0xb8, 0x30, 0x038, 0x024, 0x8590},
    {BT_ARCH_X64,  26100, 0x2e0, 0x1d0, 0x338, 0x000, 0x508, 0xb8, 0x30, 0x038, 0x024, 0x8f90},

    {BT_ARCH_ARM64, 22000, 0x508, 0x3f8, 0x560, 0x000, 0x4e8, 0xb0, 0x30, 0x038, 0x024, 0x0000},
};
// clang-format on

// A row of this build, or one that the debugger block proves to fit: the same place of the PEB
// in a process, which has moved with almost every change of the structure. Of several that fit
// the last counts: the nearest below the build.
static const struct row *find_row(const struct bt_system *system,
                                  const struct bt_debugger_data *debugger)
{
    const struct row *best = NULL;
    for (size_t i = 0; i < BT_COUNT(rows); i++) {
        const struct row *row = &rows[i];
        if (row->arch != system->arch || row->first_build > system->build.value)
            continue;
        if (debugger->process_peb.known && debugger->process_peb.value != row->peb)
            continue;
        if (debugger->thread_size.known && row->thread_size != 0 &&
            debugger->thread_size.value != row->thread_size)
            continue;
        best = row;
    }
    return best;
}

static struct bt_opt32 known_unless_zero(uint32_t offset)
{
    return offset != 0 ? bt_some32(offset) : (struct bt_opt32){0};
}

static struct bt_opt32 first_known(struct bt_opt32 a, struct bt_opt32 b)
{
    return a.known ? a : b;
}

// For builds without a row: since Windows 10 1511 the name stands 0x58 bytes (x86: 0x30) behind
// the pointer to the PEB, whatever else moved.
static struct bt_opt32 name_from_peb(const struct bt_system *system, struct bt_opt32 peb)
{
    const uint32_t steady_since = 10586;
    if (!peb.known || system->build.value < steady_since)
        return (struct bt_opt32){0};
    return bt_some32(peb.value + (bt_arch_is64(system->arch) ? 0x58 : 0x30));
}

// Likewise the id: since Windows 10 1903 it stands 0x110 bytes before the pointer to the PEB on
// 64-bit systems. Compared with real dumps of 19041 and 26100, and of ARM64 22000.
static struct bt_opt32 id_from_peb(const struct bt_system *system, struct bt_opt32 peb)
{
    enum { STEADY_SINCE = 18362, DISTANCE = 0x110 };
    if (!peb.known || system->build.value < STEADY_SINCE || !bt_arch_is64(system->arch) ||
        peb.value < DISTANCE)
        return (struct bt_opt32){0};
    return bt_some32(peb.value - DISTANCE);
}

static void take_row(const struct row *row, struct bt_kernel_offsets *ret)
{
    ret->process.pid = known_unless_zero(row->pid);
    ret->process.name = known_unless_zero(row->name);
    ret->thread.cid = known_unless_zero(row->cid);
    ret->thread.process = known_unless_zero(row->process);
    ret->thread.stack_limit = known_unless_zero(row->stack_limit);
    ret->thread.stack_base = known_unless_zero(row->stack_base);
    ret->processor.number = known_unless_zero(row->number);
    ret->processor.vendor = known_unless_zero(row->vendor);
}

void bt_kernel_offsets_find(const struct bt_system *system,
                            const struct bt_debugger_data *debugger,
                            struct bt_kernel_offsets *ret)
{
    static const struct bt_debugger_data nothing = {0};
    const struct bt_debugger_data *d = debugger != NULL ? debugger : &nothing;
    const uint32_t windows_7 = 7600;
    *ret = (struct bt_kernel_offsets){.process = {.pid = {0}}};
    const struct row *row = find_row(system, d);
    if (row != NULL) {
        take_row(row, ret);
    } else {
        ret->process.name = name_from_peb(system, d->process_peb);
        ret->process.pid = id_from_peb(system, d->process_peb);
    }
    // CurrentThread is the second pointer of the block, behind a word and its padding.
    ret->processor.thread =
        first_known(d->prcb_current_thread, bt_some32(bt_arch_is64(system->arch) ? 8 : 4));
    ret->processor.number = first_known(d->prcb_number, ret->processor.number);
    ret->processor.number_size = bt_some32(system->build.value >= windows_7 ? 4 : 1);
    ret->processor.mhz = d->prcb_mhz;
    ret->processor.vendor = first_known(d->prcb_vendor, ret->processor.vendor);
    ret->thread.process = first_known(d->thread_process, ret->thread.process);
    ret->thread.stack_limit = first_known(d->thread_stack_limit, ret->thread.stack_limit);
    ret->thread.stack_base = first_known(d->thread_stack_base, ret->thread.stack_base);
}
