// SPDX-License-Identifier: MIT
#include "stack/stack_scan.h"

#include "base/span.h"
#include "stack/return_address.h"
#include "stack/stack_switch.h"

enum {
    SCAN_CHUNK = 4096,
    // The most of a stack that is scanned: kernel stacks are 12 to 24 KiB (larger for graphics
    // threads), user stacks hold their newest frames in the first pages.
    SCAN_MAX = 64 * 1024,
    INTEL_SP = 4,
    INTEL_FP = 5,
    ARM64_SP = 31,
};

static uint64_t read_word(const uint8_t *p, size_t word)
{
    return word == 8 ? bt_le64(p) : bt_le32(p);
}

// Most words of a stack lie in no module, and most of those outside of all.
static void find_module_span(struct bt_stack_scan *scan)
{
    const struct bt_crash *crash = scan->crash;
    scan->low = UINT64_MAX;
    for (size_t i = 0; i < crash->module_count; i++) {
        const struct bt_module *module = &crash->modules[i];
        bt_va end = module->size <= UINT64_MAX - module->base ? module->base + module->size
                                                              : UINT64_MAX;
        scan->low = module->base < scan->low ? module->base : scan->low;
        scan->high = end > scan->high ? end : scan->high;
    }
}

// The place of the next believable return address of [from, end), or 0.
static bt_va find_return_address(const struct bt_stack_scan *scan, bt_va from, bt_va *ret_value)
{
    const struct bt_memory *memory = scan->memory;
    const size_t word = memory->is64 ? 8 : 4;
    bt_va at = (from + word - 1) & ~(bt_va)(word - 1);
    uint8_t chunk[SCAN_CHUNK];
    while (at < scan->end) {
        size_t want = scan->end - at < sizeof chunk ? (size_t)(scan->end - at) : sizeof chunk;
        size_t got = memory->read_some(memory, at, chunk, want) / word * word;
        for (size_t i = 0; i < got; i += word) {
            bt_va value = bt_code_address(scan->crash->system.arch, read_word(chunk + i, word));
            if (value < scan->low || value > scan->high)
                continue;
            if (bt_return_address_belief(scan->crash, memory, value) != BT_BELIEF_NONE) {
                *ret_value = value;
                return at + i;
            }
        }
        if (got < want)
            return 0;
        at += got;
    }
    return 0;
}

static bool is_above(const struct bt_stack_scan *scan, bt_va found_at, bt_va fp)
{
    const size_t word = scan->memory->is64 ? 8 : 4;
    return fp > found_at && fp < scan->end && fp % word == 0;
}

// The caller's frame pointer: the callee left it alone, or pushed it right after the call.
static bt_va keep_frame_pointer(const struct bt_stack_scan *scan, bt_va found_at, bt_va fp)
{
    const size_t word = scan->memory->is64 ? 8 : 4;
    bt_va pushed;
    if (is_above(scan, found_at, fp))
        return fp;
    if (bt_memory_pointer(scan->memory, found_at - word, &pushed, NULL) == BT_OK &&
        is_above(scan, found_at, pushed))
        return pushed;
    return 0;
}

bool bt_stack_scan_step(struct bt_stack_scan *scan, struct bt_unwind_frame *frame,
                        bt_va *ret_found_at)
{
    const struct bt_registers *r = &frame->registers;
    if (scan->end == 0) {
        find_module_span(scan);
        scan->end = scan->limit;
        if (scan->end <= r->sp || scan->end - r->sp > SCAN_MAX)
            scan->end = r->sp + SCAN_MAX;
    }
    bt_va value = 0;
    bt_va from = bt_stack_is_used_up(scan->crash, r->sp) ? scan->crash->stack.limit : r->sp;
    bt_va at = find_return_address(scan, from, &value);
    if (at == 0)
        return false;
    const enum bt_arch arch = scan->crash->system.arch;
    struct bt_registers next = {.arch = arch, .ip = value, .count = r->count};
    next.sp = at + (scan->memory->is64 ? 8 : 4);
    const unsigned sp_index = arch == BT_ARCH_ARM64 ? ARM64_SP : INTEL_SP;
    next.general[sp_index] = next.sp;
    next.valid = UINT32_C(1) << sp_index;
    if (bt_keeps_frame_pointers(scan->crash) && arch != BT_ARCH_ARM64)
        next.fp = keep_frame_pointer(scan, at, r->fp);
    if (next.fp != 0) {
        next.general[INTEL_FP] = next.fp;
        next.valid |= UINT32_C(1) << INTEL_FP;
    }
    *frame = (struct bt_unwind_frame){.registers = next, .exact = false};
    *ret_found_at = at;
    return true;
}
