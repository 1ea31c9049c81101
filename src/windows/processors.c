// SPDX-License-Identifier: MIT
#include "windows/processors.h"

#include "base/limits.h"
#include "base/span.h"
#include "windows/kernel_offsets.h"

enum {
    // x86 before the debugger block told: the first processor's control block is part of its
    // control region, which is mapped at a fixed address. Source: the driver kit's headers.
    FIXED_CONTROL_BLOCK = 0x120, // from the start of the region
    OLD_CURRENT_THREAD = 4,
    OLD_STATE = 0x1c,
    OLD_STACK_SIZE = 0x10000, // the largest kernel stack before XP, of a thread with windows

    CONTEXT_MAX = 0x1000,
    MOST_UNTOLD = 64, // of one group
};

static const bt_va fixed_region = 0xffdff000;

// Where a control block keeps what is wanted.
struct control_layout {
    struct bt_opt32 thread, context, state;
};

static struct control_layout layout_of(const struct bt_debugger_data *block, enum bt_arch arch)
{
    struct control_layout layout = {.thread = {0}};
    if (block != NULL) {
        layout.thread = block->prcb_current_thread;
        layout.context = block->prcb_context;
        layout.state = block->prcb_state;
    }
    if (arch == BT_ARCH_X86) {
        if (!layout.thread.known)
            layout.thread = bt_some32(OLD_CURRENT_THREAD);
        if (!layout.context.known && !layout.state.known)
            layout.state = bt_some32(OLD_STATE);
    }
    return layout;
}

static bool read_context(const struct bt_memory *memory, bt_va at, enum bt_arch arch,
                         struct bt_registers *ret)
{
    uint8_t raw[CONTEXT_MAX];
    size_t size = bt_context_size(arch);
    if (size == 0 || size > sizeof raw || bt_memory_read(memory, at, raw, size, NULL) != BT_OK)
        return false;
    struct bt_span span = {.data = raw, .size = size, .file_offset = BT_NO_OFFSET};
    return bt_context_decode(span, arch, ret, NULL) == BT_OK && ret->ip != 0;
}

// Windows 7 and later save the context behind a pointer; before, and where that was not done,
// the processor state in the control block itself is what a debugger sees.
static bool find_context(const struct bt_memory *memory, bt_va block,
                         const struct control_layout *layout, enum bt_arch arch,
                         struct bt_registers *ret)
{
    bt_va at = 0;
    if (layout->context.known &&
        bt_memory_pointer(memory, block + layout->context.value, &at, NULL) == BT_OK &&
        at != 0 && read_context(memory, at, arch, ret))
        return true;
    return layout->state.known && read_context(memory, block + layout->state.value, arch, ret);
}

static void read_processor(const struct bt_memory *memory, bt_va block,
                           const struct control_layout *layout, enum bt_arch arch,
                           struct bt_processor *processor)
{
    processor->control_block = block;
    if (layout->thread.known)
        (void)!bt_memory_pointer(memory, block + layout->thread.value, &processor->thread,
                                 NULL);
    processor->has_context = find_context(memory, block, layout, arch, &processor->context);
}

// Where the header does not tell how many there are, the array does: it is zero behind the
// last.
static size_t count_to_read(const struct bt_debugger_data *block, const struct bt_crash *crash)
{
    const struct bt_opt32 count = crash->system.processors;
    if (block == NULL || block->processor_blocks == 0)
        return 0;
    if (!count.known)
        return MOST_UNTOLD;
    return count.value < BT_LIMIT_PROCESSORS ? count.value : BT_LIMIT_PROCESSORS;
}

static bool is_known_block(const struct bt_processor *items, size_t count, bt_va at)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].control_block == at)
            return true;
    }
    return false;
}

enum bt_status bt_processors_read(const struct bt_memory *memory,
                                  const struct bt_debugger_data *block,
                                  const struct bt_crash *crash, struct bt_arena *arena,
                                  struct bt_processors *ret, struct bt_error *err)
{
    const enum bt_arch arch = crash->system.arch;
    const struct control_layout layout = layout_of(block, arch);
    const size_t word = memory->is64 ? 8 : 4, wanted = count_to_read(block, crash);
    struct bt_processor *items;
    size_t count = 0;
    BT_TRY(bt_arena_alloc(arena, wanted + 1, sizeof *items, &items, err));
    for (uint32_t i = 0; i < wanted; i++) {
        bt_va at = 0;
        if (bt_memory_pointer(memory, block->processor_blocks + i * word, &at, NULL) != BT_OK)
            break;
        if (at == 0 && crash->system.processors.known)
            continue;
        if (at == 0 || is_known_block(items, count, at))
            break;
        items[count] = (struct bt_processor){.index = i};
        read_processor(memory, at, &layout, arch, &items[count]);
        // Behind the end of an array that nobody counted anything may stand.
        if (!crash->system.processors.known && items[count].thread == 0)
            break;
        count++;
    }
    if (count == 0 && arch == BT_ARCH_X86) {
        read_processor(memory, fixed_region + FIXED_CONTROL_BLOCK, &layout, arch, items);
        count = items[0].has_context || items[0].thread != 0;
    }
    *ret = (struct bt_processors){.items = items, .count = count};
    return BT_OK;
}

enum { ARGUMENTS = 4 };

static unsigned count_on_stack(const struct bt_memory *memory, bt_va at,
                               const uint64_t passed[static ARGUMENTS])
{
    unsigned found = 0;
    for (unsigned i = 0; i < ARGUMENTS; i++) {
        uint32_t word = 0;
        found += passed[i] != 0 &&
                 bt_memory_u32(memory, at + 4 * (bt_va)i, &word, NULL) == BT_OK &&
                 word == passed[i];
    }
    return found;
}

// How many of the stop code and its parameters a processor holds where a call passes them: in
// registers on x64 and ARM64. On x86 they are on the stack: above the return address, where the
// context was taken at the first instruction, or above the frame.
static unsigned count_arguments(const struct bt_memory *memory, const struct bt_crash *crash,
                                const struct bt_registers *context)
{
    static const unsigned char registers_x64[ARGUMENTS] = {1, 2, 8, 9}; // rcx rdx r8 r9
    const uint64_t *p = crash->stop.parameters;
    const uint64_t passed[ARGUMENTS] = {crash->stop.raw, p[0], p[1], p[2]};
    unsigned found = 0;
    if (context->arch == BT_ARCH_X86) {
        unsigned at_entry = count_on_stack(memory, context->sp + 4, passed);
        unsigned in_frame = count_on_stack(memory, context->fp + 8, passed);
        return at_entry > in_frame ? at_entry : in_frame;
    }
    for (unsigned i = 0; i < ARGUMENTS; i++) {
        unsigned index = context->arch == BT_ARCH_X64 ? registers_x64[i] : i;
        found += passed[i] != 0 && context->general[index] == passed[i];
    }
    return found;
}

// Whether a stack pointer lies in the stack of a thread, by the offsets of the build.
static bool is_on_stack_of(const struct bt_memory *memory, const struct bt_crash *crash,
                           bt_va thread, bt_va sp)
{
    struct bt_kernel_offsets offsets;
    bt_va limit = 0, base = 0;
    bt_kernel_offsets_find(&crash->system, NULL, &offsets);
    if (thread == 0 || !offsets.thread.stack_limit.known ||
        bt_memory_pointer(memory, thread + offsets.thread.stack_limit.value, &limit, NULL) !=
            BT_OK)
        return false;
    if (!offsets.thread.stack_base.known)
        base = limit + OLD_STACK_SIZE;
    else if (bt_memory_pointer(memory, thread + offsets.thread.stack_base.value, &base, NULL) !=
             BT_OK)
        return false;
    return sp >= limit && sp < base;
}

// Whether the one processor that was found is the one that stopped: it is where there is no
// other.
static bool is_alone(const struct bt_processors *processors, const struct bt_crash *crash)
{
    const struct bt_opt32 count = crash->system.processors;
    return processors->count == 1 && (!count.known || count.value <= 1);
}

// The one on whose thread's stack the header's context is.
static const struct bt_processor *find_by_stack(const struct bt_processors *processors,
                                                const struct bt_memory *memory,
                                                const struct bt_crash *crash,
                                                const struct bt_registers *context)
{
    for (size_t i = 0; context != NULL && i < processors->count; i++) {
        if (is_on_stack_of(memory, crash, processors->items[i].thread, context->sp))
            return &processors->items[i];
    }
    return NULL;
}

const struct bt_processor *bt_processors_crashing(const struct bt_processors *processors,
                                                  const struct bt_memory *memory,
                                                  const struct bt_crash *crash,
                                                  const struct bt_registers *context)
{
    const struct bt_processor *best = NULL;
    unsigned best_score = 0;
    for (size_t i = 0; i < processors->count; i++) {
        const struct bt_processor *p = &processors->items[i];
        if (p->has_context && context != NULL && p->context.sp == context->sp)
            return p;
    }
    const struct bt_processor *by_stack = find_by_stack(processors, memory, crash, context);
    if (by_stack != NULL)
        return by_stack;
    for (size_t i = 0; i < processors->count; i++) {
        const struct bt_processor *p = &processors->items[i];
        unsigned score = p->has_context ? count_arguments(memory, crash, &p->context) : 0;
        if (score > best_score) {
            best = p;
            best_score = score;
        }
    }
    if (best == NULL && is_alone(processors, crash))
        best = &processors->items[0];
    return best;
}
