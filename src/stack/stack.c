// SPDX-License-Identifier: MIT
#include "stack/stack.h"

#include "base/limits.h"
#include "base/span.h"
#include "stack/return_address.h"

enum {
    SCAN_CHUNK = 4096,
    // The most of a stack that is scanned: kernel stacks are 12 to 24 KiB (larger for graphics
    // threads), user stacks hold their newest frames in the first pages.
    SCAN_MAX = 64 * 1024,
};

struct walk {
    const struct bt_stack_input *input;
    const struct bt_crash *crash;
    struct bt_frame *frames;
    size_t count;
};

static bool add_frame(struct walk *w, bt_va address, bt_va sp, enum bt_trust trust)
{
    if (w->count == BT_LIMIT_FRAMES)
        return false;
    const struct bt_module *module = bt_module_at(w->crash, address);
    w->frames[w->count++] = (struct bt_frame){
        .address = address,
        .stack_pointer = sp,
        .module = module,
        .unloaded = module == NULL ? bt_unloaded_at(w->crash, address) : NULL,
        .trust = trust,
    };
    return true;
}

static uint64_t read_word(const uint8_t *p, size_t word)
{
    return word == 8 ? bt_le64(p) : bt_le32(p);
}

// Adds every believable return address of [from, end).
static void scan(struct walk *w, bt_va from, bt_va end)
{
    const struct bt_memory *memory = w->input->memory;
    size_t word = memory->is64 ? 8 : 4;
    bt_va at = (from + word - 1) & ~(bt_va)(word - 1);
    if (end <= at || end - at > SCAN_MAX)
        end = at + SCAN_MAX;
    uint8_t chunk[SCAN_CHUNK];
    while (at < end) {
        size_t want = end - at < sizeof chunk ? (size_t)(end - at) : sizeof chunk;
        size_t got = memory->read_some(memory, at, chunk, want) / word * word;
        for (size_t i = 0; i < got; i += word) {
            bt_va value = bt_code_address(w->crash->system.arch, read_word(chunk + i, word));
            if (bt_return_address_belief(w->crash, memory, value) == BT_BELIEF_NONE)
                continue;
            if (!add_frame(w, value, at + i, BT_TRUST_SCAN))
                return;
        }
        if (got < want)
            return;
        at += got;
    }
}

enum bt_status bt_stack_walk(const struct bt_stack_input *input, const struct bt_crash *crash,
                             struct bt_arena *arena, struct bt_frame **ret, size_t *ret_count,
                             struct bt_error *err)
{
    struct walk w = {.input = input, .crash = crash};
    BT_TRY(bt_arena_alloc(arena, BT_LIMIT_FRAMES, sizeof *w.frames, &w.frames, err));
    bt_va from = input->scan_from;
    if (input->registers != NULL) {
        add_frame(&w, input->registers->ip, input->registers->sp, BT_TRUST_CONTEXT);
        from = input->registers->sp;
    }
    if (input->memory != NULL && from != 0)
        scan(&w, from, input->scan_end);
    *ret = w.frames;
    *ret_count = w.count;
    return BT_OK;
}
