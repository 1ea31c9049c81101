// SPDX-License-Identifier: MIT
#include "stack/stack_switch.h"

#include "base/span.h"

enum {
    // No kernel function has a frame this large: stacks have 12 to 32 KiB in all.
    FRAME_MAX = 0x10000,
    // Below a stack, never mapped: where the stack pointer is when the stack is used up.
    GUARD = 0x1000,
    // Stacks do not lie closer together: between their ends are a guard page and a stack.
    STACK_DISTANCE = 0x2000,
    CHUNK = 4096,
};

static bool is_on_thread_stack(const struct bt_crash *crash, bt_va sp)
{
    const struct bt_stack_memory *s = &crash->stack;
    return sp >= s->limit && sp < s->base;
}

bool bt_stack_is_used_up(const struct bt_crash *crash, bt_va sp)
{
    const struct bt_stack_memory *s = &crash->stack;
    return crash->stop.present && s->limit < s->base && sp < s->limit && s->limit - sp <= GUARD;
}

bool bt_stack_is_other(const struct bt_crash *crash, bt_va callee_sp, bt_va caller_sp)
{
    if (!crash->stop.present || callee_sp == 0)
        return false;
    if (bt_stack_is_used_up(crash, callee_sp))
        callee_sp = crash->stack.limit;
    if (is_on_thread_stack(crash, callee_sp) != is_on_thread_stack(crash, caller_sp))
        return true;
    return caller_sp < callee_sp ? callee_sp - caller_sp >= STACK_DISTANCE
                                 : caller_sp - callee_sp > FRAME_MAX;
}

bool bt_stack_find_link(const struct bt_crash *crash, const struct bt_memory *memory, bt_va sp,
                        bt_va *ret)
{
    const struct bt_stack_memory *s = &crash->stack;
    const size_t word = memory->is64 ? 8 : 4;
    uint8_t chunk[CHUNK];
    bt_va found = 0;
    if (!crash->stop.present || s->limit >= s->base || is_on_thread_stack(crash, sp))
        return false;
    for (bt_va done = 0, at = sp & ~(bt_va)(word - 1); done < FRAME_MAX;) {
        // To the end of a page first, then page by page: what follows a stack is not mapped.
        const size_t want = CHUNK - (size_t)((at + done) % CHUNK);
        const size_t got = memory->read_some(memory, at + done, chunk, want);
        for (size_t i = 0; i + word <= got; i += word) {
            bt_va value = word == 8 ? bt_le64(chunk + i) : bt_le32(chunk + i);
            if (is_on_thread_stack(crash, value) && value % word == 0)
                found = value;
        }
        if (got < want)
            break;
        done += want;
    }
    *ret = found;
    return found != 0;
}
