// SPDX-License-Identifier: MIT
//
// 32-bit programs on 64-bit Windows, dumped by a 64-bit tool. The saved registers are those of
// the layer that runs the program; its own lie in that layer's memory, where the dump holds it:
//   TEB, 64 bits: 0000 the 32-bit TEB of the thread, 1480 TlsSlots
//   slot 1 points to WOW64_CPURESERVED: 00 u16 flags, 02 u16 machine, 04 CONTEXT of x86
//   TEB, 32 bits: 04 stack base, 08 stack limit, 18 its own address
// Sources: the headers and the WoW64 layer of Wine (winternl.h, dlls/wow64cpu), and type dumps
// of Windows' public symbols for the offsets in the TEB.
#include "dump/user/minidump.h"

enum {
    TLS_SLOT_1 = 0x1480 + 8,
    MACHINE = 2,
    CONTEXT = 4,
    STACK_BASE = 0x04,
    STACK_LIMIT = 0x08,
    TEB32_SELF = 0x18,
    CODE_32BIT = 0x23, // the segment in which x64 processors run 32-bit programs
    CONTEXT_SIZE = 0x2cc,
    CONTEXT_IP = 0xb8, // of x86
    INTEL_REGISTERS = 8,
    // How far up a stack the registers of an exception are looked for.
    SEARCH_MAX = 256 * 1024,
};

static bool read_context(const struct bt_memory *memory, bt_va va, struct bt_registers *ret)
{
    uint8_t bytes[CONTEXT_SIZE];
    size_t size = bt_context_size(BT_ARCH_X86);
    if (size > sizeof bytes || bt_memory_read(memory, va, bytes, size, NULL) != BT_OK)
        return false;
    struct bt_span raw = {.data = bytes, .size = size, .file_offset = BT_NO_OFFSET};
    return bt_context_decode(raw, BT_ARCH_X86, ret, NULL) == BT_OK && ret->cs == CODE_32BIT &&
           ret->ip != 0 && ret->sp != 0;
}

static bool read_saved(const struct bt_memory *memory, bt_va teb, struct bt_registers *ret)
{
    enum { MACHINE_X86 = 0x14c };
    bt_va area;
    uint16_t machine;
    return teb != 0 && teb < UINT64_MAX - 0x2000 &&
           bt_memory_u64(memory, teb + TLS_SLOT_1, &area, NULL) == BT_OK && area != 0 &&
           area < UINT64_MAX - 0x2000 &&
           bt_memory_u16(memory, area + MACHINE, &machine, NULL) == BT_OK &&
           (machine == MACHINE_X86 || machine == 0) && // 0: before Windows 8
           read_context(memory, area + CONTEXT, ret);
}

// Registers that the processor had while it ran the program itself.
static bool narrow(const struct bt_registers *wide, struct bt_registers *ret)
{
    if (wide->arch != BT_ARCH_X64 || wide->cs != CODE_32BIT || wide->ip > UINT32_MAX)
        return false;
    *ret = *wide;
    ret->arch = BT_ARCH_X86;
    ret->count = INTEL_REGISTERS;
    ret->valid = wide->valid & ((1u << INTEL_REGISTERS) - 1);
    for (unsigned i = 0; i < INTEL_REGISTERS; i++)
        ret->general[i] &= UINT32_MAX;
    ret->sp &= UINT32_MAX;
    ret->fp &= UINT32_MAX;
    return true;
}

// The stack of the program, where the 32-bit TEB tells.
static void find_stack(const struct bt_memory *memory, struct bt_thread *thread)
{
    bt_va teb;
    uint32_t self, base, limit;
    thread->stack = (struct bt_stack_memory){.start = 0};
    if (thread->teb == 0 || bt_memory_u64(memory, thread->teb, &teb, NULL) != BT_OK ||
        teb > UINT32_MAX - TEB32_SELF ||
        bt_memory_u32(memory, teb + TEB32_SELF, &self, NULL) != BT_OK || self != teb ||
        bt_memory_u32(memory, teb + STACK_BASE, &base, NULL) != BT_OK ||
        bt_memory_u32(memory, teb + STACK_LIMIT, &limit, NULL) != BT_OK || limit >= base ||
        thread->sp < limit || thread->sp > base)
        return;
    thread->stack =
        (struct bt_stack_memory){.start = limit, .end = base, .limit = limit, .base = base};
}

// The system puts the registers of an exception on the program's stack before it calls the
// handlers that lead to the writer of the dump.
static bool find_exception(const struct bt_memory *memory, bt_va address, bt_va from,
                           struct bt_registers *ret)
{
    enum { CHUNK = 4096, WORD = 4 };
    uint8_t chunk[CHUNK];
    const bt_va start = from & ~(bt_va)(WORD - 1);
    for (bt_va done = 0; done < SEARCH_MAX;) {
        const size_t want = CHUNK - (size_t)((start + done) % CHUNK);
        const size_t got = memory->read_some(memory, start + done, chunk, want);
        for (size_t i = 0; i + WORD <= got; i += WORD) {
            const bt_va at = start + done + i;
            if (bt_le32(chunk + i) == address && at >= CONTEXT_IP &&
                read_context(memory, at - CONTEXT_IP, ret) && ret->ip == address &&
                ret->sp > at)
                return true;
        }
        if (got < want)
            return false;
        done += want;
    }
    return false;
}

// Gives a thread the registers and the stack of the program.
static bool settle_thread(struct bt_minidump *md, size_t index)
{
    struct bt_thread *thread = &md->crash->threads[index];
    struct bt_registers *registers = &md->dump->thread_contexts[index];
    struct bt_registers program;
    if (!narrow(registers, &program) && !read_saved(md->dump->memory, thread->teb, &program))
        return false;
    *registers = program;
    thread->ip = program.ip;
    thread->sp = program.sp;
    find_stack(md->dump->memory, thread);
    return true;
}

static void settle_crash(struct bt_minidump *md, size_t index)
{
    struct bt_crash *crash = md->crash;
    struct bt_thread *thread = &crash->threads[index];
    struct bt_registers *registers = &md->dump->thread_contexts[index];
    const bt_va address = crash->exception.address;
    struct bt_registers fault;
    uint8_t byte;
    if (crash->exception.present && address != 0 && address <= UINT32_MAX &&
        registers->ip != address &&
        find_exception(md->dump->memory, address, registers->sp, &fault)) {
        *registers = fault;
        thread->ip = fault.ip;
        thread->sp = fault.sp;
    }
    md->dump->context = *registers;
    md->dump->has_context = true;
    crash->stack = thread->stack;
    if (md->dump->memory->read_some(md->dump->memory, registers->sp, &byte, 1) == 0)
        bt_note(crash, md->arena, "emulated-process", BT_NO_OFFSET,
                "a 32-bit program, dumped by a 64-bit tool: its registers are in the dump, its "
                "stack is not");
}

void bt_md_settle_emulation(struct bt_minidump *md)
{
    struct bt_crash *crash = md->crash;
    bool found = false, crashing = false;
    if (crash->system.platform != BT_PLATFORM_WINDOWS || !bt_arch_is64(crash->system.arch) ||
        bt_module_named(crash, "wow64.dll") == NULL)
        return;
    for (size_t i = 0; crash->system.arch == BT_ARCH_X64 && i < crash->thread_count; i++) {
        bool is_crashing = crash->crashing_thread.known && crash->crashing_thread.value == i;
        bool settled = settle_thread(md, i);
        if (settled && is_crashing)
            settle_crash(md, i);
        found = found || settled;
        crashing = crashing || (settled && is_crashing);
    }
    if (crash->crashing_thread.known ? !crashing : !found)
        bt_note(crash, md->arena, "emulated-process", BT_NO_OFFSET,
                "a 32-bit program, dumped by a 64-bit tool: the stacks shown are those of the "
                "layer that runs it; a dump by a 32-bit tool has the program's own");
}
