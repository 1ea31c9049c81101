// SPDX-License-Identifier: MIT
//
// The memory of a triage dump: the stack, the debugger data block, the copies of process and
// thread, the data page and the data blocks, each at its address.
//
// TRIAGE_DATA_BLOCK is {u64 address, u32 offset, u32 size} in every 64-bit dump (compared with
// 75 real ones). For 32-bit dumps published sources disagree between that form and one with a
// u32 address; whichever makes sense of the list is taken.
#include "dump/kernel/triage_dump.h"

#include <inttypes.h>

#include "base/limits.h"
#include "memory/regions.h"

enum { WIDE_BLOCK = 16, NARROW_BLOCK = 12 };

struct space {
    const struct bt_kernel_reading *r;
    const struct bt_triage *t;
    struct bt_regions *regions;
};

struct piece {
    bt_va address;
    uint64_t offset;
    uint64_t size;
};

// Cuts a piece to what the file holds of it. False: nothing of it.
static bool cut_to_file(const struct space *s, struct piece *p)
{
    if (p->offset < s->r->header->size || p->offset >= s->t->end)
        return false;
    if (p->size > s->t->end - p->offset)
        p->size = s->t->end - p->offset;
    return p->size != 0;
}

// A piece that is announced by the table of contents.
static enum bt_status add_part(const struct space *s, struct piece p, const char *part)
{
    struct bt_error why = {0};
    if (p.address == 0 || p.size == 0)
        return BT_OK;
    const uint64_t size = p.size;
    bool inside = cut_to_file(s, &p);
    if (inside && bt_regions_add(s->regions, p.address, p.size, p.offset, &why) != BT_OK)
        return bt_kernel_lost(s->r, "memory-lost", part, &why);
    if (inside && p.size == size)
        return BT_OK;
    bt_error_set(&why, BT_E_TRUNCATED, p.offset,
                 "%" PRIu64 " bytes at offset 0x%" PRIx64 " reach past the end of the dump",
                 size, p.offset);
    return bt_kernel_lost(s->r, "memory-lost", part, &why);
}

static enum bt_status add_stack(const struct space *s)
{
    const struct bt_triage *t = s->t;
    struct bt_stack_memory *stack = &s->r->dump->crash->stack;
    struct piece p = {t->stack_address, t->stack_offset, t->stack_size};
    BT_TRY(add_part(s, p, "call stack"));
    if (p.address == 0 || !cut_to_file(s, &p) || p.size > UINT64_MAX - p.address)
        return BT_OK;
    stack->start = p.address;
    stack->end = p.address + p.size;
    return BT_OK;
}

// The copies have no address of their own. The processor's control block points to the thread,
// the thread to its process.
static enum bt_status add_copies(const struct space *s, const struct bt_debugger_data *debugger)
{
    const struct bt_kernel_parts *kernel = &s->r->dump->kernel;
    const bool is64 = s->r->header->is64;
    const size_t word = is64 ? 8 : 4;
    // CurrentThread has always been the second pointer or, with 32 bits, the word at 4.
    const size_t current_thread =
        debugger->prcb_current_thread.known ? debugger->prcb_current_thread.value : word;
    if (bt_span_has(kernel->prcb, current_thread, word)) {
        bt_va thread = bt_span_word(kernel->prcb, current_thread, is64);
        BT_TRY(add_part(s, (struct piece){thread, s->t->thread_offset, kernel->thread.size},
                        "thread"));
    }
    const size_t process_at = debugger->thread_process.value;
    if (debugger->thread_process.known && bt_span_has(kernel->thread, process_at, word)) {
        bt_va process = bt_span_word(kernel->thread, process_at, is64);
        BT_TRY(add_part(s, (struct piece){process, s->t->process_offset, kernel->process.size},
                        "process"));
    }
    return BT_OK;
}

// ---- data blocks

struct block_list {
    struct bt_span raw;
    size_t stride;
    bool is64;
};

static struct piece block_at(const struct block_list *list, size_t index)
{
    const size_t at = index * list->stride;
    const bool wide = list->stride == WIDE_BLOCK;
    uint64_t address = bt_span_word(list->raw, at, wide);
    const size_t rest = at + (wide ? 8 : 4);
    return (struct piece){
        .address = list->is64 ? address : (uint32_t)address,
        .offset = bt_span_u32(list->raw, rest),
        .size = bt_span_u32(list->raw, rest + 4),
    };
}

static bool address_is_possible(const struct block_list *list, size_t index)
{
    if (list->stride != WIDE_BLOCK)
        return true;
    uint64_t address = bt_span_u64(list->raw, index * WIDE_BLOCK);
    const uint64_t top = list->is64 ? address >> 47 : address >> 31;
    const uint64_t all = list->is64 ? UINT64_MAX >> 47 : UINT64_MAX >> 31;
    // Sign-extended, or for 32 bits also zero-extended.
    return top == 0 || top == all || (!list->is64 && address <= UINT32_MAX);
}

static size_t count_possible_blocks(const struct space *s, const struct block_list *list,
                                    size_t count)
{
    size_t good = 0;
    for (size_t i = 0; i < count; i++) {
        struct piece p = block_at(list, i);
        const uint64_t size = p.size;
        good += address_is_possible(list, i) && cut_to_file(s, &p) && p.size == size;
    }
    return good;
}

static void choose_stride(const struct space *s, struct block_list *list, size_t count)
{
    struct block_list narrow = *list;
    narrow.stride = NARROW_BLOCK;
    size_t wide_count = list->raw.size / WIDE_BLOCK;
    if (wide_count > count)
        wide_count = count;
    if (!list->is64 && list->raw.size / NARROW_BLOCK >= count &&
        count_possible_blocks(s, &narrow, count) > count_possible_blocks(s, list, wide_count))
        list->stride = NARROW_BLOCK;
}

static enum bt_status add_blocks(const struct space *s, const struct block_list *list,
                                 size_t count, struct bt_error *err)
{
    size_t bad = 0;
    for (size_t i = 0; i < count; i++) {
        struct piece p = block_at(list, i);
        if (p.size == 0)
            continue;
        const uint64_t size = p.size;
        if (!cut_to_file(s, &p) ||
            bt_regions_add(s->regions, p.address, p.size, p.offset, NULL) != BT_OK ||
            p.size != size)
            bad++;
    }
    if (bad != 0)
        return BT_FAIL(err, BT_E_CORRUPT, list->raw.file_offset,
                       "%zu of %zu are not wholly inside the dump", bad, count);
    return BT_OK;
}

static enum bt_status read_blocks(const struct space *s, struct bt_error *err)
{
    const struct bt_triage *t = s->t;
    // Leaves room for the other pieces.
    const size_t most = BT_LIMIT_REGIONS - 16;
    struct block_list list = {.stride = WIDE_BLOCK, .is64 = s->r->header->is64};
    size_t count = t->block_count < most ? t->block_count : most;
    BT_TRY(bt_triage_view(s->r, t, t->blocks_offset, (uint64_t)count * WIDE_BLOCK, &list.raw,
                          err));
    choose_stride(s, &list, count);
    size_t there = list.raw.size / list.stride;
    BT_TRY(add_blocks(s, &list, there < count ? there : count, err));
    if (there < t->block_count)
        return BT_FAIL(err, BT_E_TRUNCATED, t->blocks_offset, "%zu of %" PRIu32 " were read",
                       there < count ? there : count, t->block_count);
    return BT_OK;
}

static enum bt_status add_data_blocks(const struct space *s)
{
    struct bt_error why = {0};
    if (s->t->blocks_offset == 0 || s->t->block_count == 0 || read_blocks(s, &why) == BT_OK)
        return BT_OK;
    return bt_kernel_lost(s->r, "data-blocks-lost", "data blocks", &why);
}

enum bt_status bt_triage_build_memory(const struct bt_kernel_reading *r,
                                      const struct bt_triage *t,
                                      const struct bt_debugger_data *debugger,
                                      struct bt_error *err)
{
    struct space s = {.r = r, .t = t};
    const struct bt_kernel_parts *kernel = &r->dump->kernel;
    BT_TRY(bt_regions_new(r->arena, bt_source_reader(r->source), r->header->is64, &s.regions,
                          err));
    BT_TRY(add_stack(&s));
    BT_TRY(add_part(
        &s,
        (struct piece){kernel->debugger_data, t->debugger_offset, kernel->debugger_bytes.size},
        "debugger data block"));
    BT_TRY(add_part(&s, (struct piece){t->page_address, t->page_offset, t->page_size},
                    "data page"));
    BT_TRY(add_copies(&s, debugger));
    BT_TRY(add_data_blocks(&s));
    bt_regions_seal(s.regions);
    r->dump->memory = bt_regions_memory(s.regions);
    return BT_OK;
}
