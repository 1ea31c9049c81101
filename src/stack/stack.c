// SPDX-License-Identifier: MIT
#include "stack/stack.h"

#include "base/limits.h"
#include "base/span.h"
#include "stack/return_address.h"
#include "stack/stack_images.h"
#include "stack/symbolize.h"
#include "stack/unwind.h"
#include "stack/unwind_breakpad.h"

enum {
    SCAN_CHUNK = 4096,
    // The most of a stack that is scanned: kernel stacks are 12 to 24 KiB (larger for graphics
    // threads), user stacks hold their newest frames in the first pages.
    SCAN_MAX = 64 * 1024,
};

struct walk {
    const struct bt_stack_input *input;
    const struct bt_crash *crash;
    struct bt_stack_images *images;
    struct bt_frame *frames;
    bool exact[BT_LIMIT_FRAMES]; // the frame stands at its instruction, not at a return address
    size_t count;
    bt_va scan_end; // set when the first scan begins; 0 before
};

static void add_frame(struct walk *w, const struct bt_unwind_frame *f, bt_va found_at,
                      enum bt_trust trust)
{
    const struct bt_module *module = bt_module_at(w->crash, f->registers.ip);
    w->exact[w->count] = f->exact;
    struct bt_frame *frame = &w->frames[w->count++];
    *frame = (struct bt_frame){
        .address = f->registers.ip,
        .stack_pointer = found_at,
        .module = module,
        .unloaded = module == NULL ? bt_unloaded_at(w->crash, f->registers.ip) : NULL,
        .trust = trust,
    };
    bt_stack_images_name(w->images, frame, f->exact);
}

static uint64_t read_word(const uint8_t *p, size_t word)
{
    return word == 8 ? bt_le64(p) : bt_le32(p);
}

// The place of the next believable return address of [from, end), or 0.
static bt_va find_return_address(const struct walk *w, bt_va from, bt_va end, bt_va *ret_value)
{
    const struct bt_memory *memory = w->input->memory;
    const size_t word = memory->is64 ? 8 : 4;
    bt_va at = (from + word - 1) & ~(bt_va)(word - 1);
    uint8_t chunk[SCAN_CHUNK];
    while (at < end) {
        size_t want = end - at < sizeof chunk ? (size_t)(end - at) : sizeof chunk;
        size_t got = memory->read_some(memory, at, chunk, want) / word * word;
        for (size_t i = 0; i < got; i += word) {
            bt_va value = bt_code_address(w->crash->system.arch, read_word(chunk + i, word));
            if (bt_return_address_belief(w->crash, memory, value) != BT_BELIEF_NONE) {
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

// The next frame by looking through the stack: only its address and its place are known then.
static bool scan_step(struct walk *w, struct bt_unwind_frame *frame, bt_va *ret_found_at)
{
    const bt_va from = frame->registers.sp;
    if (w->scan_end == 0) {
        w->scan_end = w->input->scan_end;
        if (w->scan_end <= from || w->scan_end - from > SCAN_MAX)
            w->scan_end = from + SCAN_MAX;
    }
    bt_va value = 0;
    bt_va at = find_return_address(w, from, w->scan_end, &value);
    if (at == 0)
        return false;
    const bool is64 = w->input->memory->is64;
    struct bt_registers next = {.arch = w->crash->system.arch, .ip = value};
    next.sp = at + (is64 ? 8 : 4);
    next.count = frame->registers.count;
    const unsigned sp_index = next.arch == BT_ARCH_ARM64 ? 31 : 4;
    next.general[sp_index] = next.sp;
    next.valid = UINT32_C(1) << sp_index;
    *frame = (struct bt_unwind_frame){.registers = next, .exact = false};
    *ret_found_at = at;
    return true;
}

// Takes a step where it leads makes sense: further up the stack, and into a module.
static bool accept_step(const struct walk *w, struct bt_unwind_frame *frame,
                        const struct bt_unwind_frame *next)
{
    const enum bt_arch arch = w->crash->system.arch;
    // A function of ARM may keep nothing on the stack; an interrupt may have changed stacks.
    const bool may_stay = arch == BT_ARCH_ARM64 || arch == BT_ARCH_ARM;
    const bool moved = next->registers.sp > frame->registers.sp ||
                       (may_stay && next->registers.sp == frame->registers.sp);
    if (!moved && !next->exact)
        return false;
    if (next->registers.ip != 0 && !next->exact &&
        bt_module_at(w->crash, next->registers.ip - 1) == NULL)
        return false;
    *frame = *next;
    return true;
}

// By the tables of the image that the frame is in.
static bool table_step(struct walk *w, struct bt_unwind_frame *frame)
{
    const enum bt_arch arch = w->crash->system.arch;
    if (arch != BT_ARCH_X64 && arch != BT_ARCH_ARM64)
        return false;
    const bt_va inside = frame->registers.ip - (frame->exact ? 0 : 1);
    const struct bt_image *image =
        bt_stack_images_open(w->images, bt_module_at(w->crash, inside));
    if (image == NULL)
        return false;
    struct bt_unwind_frame next = *frame;
    enum bt_status st = arch == BT_ARCH_X64
                            ? bt_unwind_x64(w->input->memory, image, &next, NULL)
                            : bt_unwind_arm64(w->input->memory, image, &next, NULL);
    if (st != BT_OK)
        return false;
    return accept_step(w, frame, &next);
}

// By the rules of a symbol file.
static bool rules_step(struct walk *w, struct bt_unwind_frame *frame)
{
    const bt_va inside = frame->registers.ip - (frame->exact ? 0 : 1);
    struct bt_unwind_rules rules;
    if (w->input->symbols == NULL ||
        bt_stack_images_rules(w->images, bt_module_at(w->crash, inside), inside, &rules,
                              NULL) != BT_OK)
        return false;
    struct bt_unwind_frame next = *frame;
    if (bt_unwind_breakpad(w->input->memory, &rules, &next, NULL) != BT_OK)
        return false;
    return accept_step(w, frame, &next);
}

// By frame pointers, where code of this processor keeps them.
static bool frame_pointer_step(struct walk *w, struct bt_unwind_frame *frame)
{
    const enum bt_arch arch = w->crash->system.arch;
    if (arch != BT_ARCH_X86 && arch != BT_ARCH_ARM64)
        return false;
    struct bt_unwind_frame next = *frame;
    if (bt_unwind_frame_pointer(w->input->memory, &next, NULL) != BT_OK)
        return false;
    if (!next.exact && bt_linked_address_belief(w->crash, w->input->memory,
                                                next.registers.ip) == BT_BELIEF_NONE)
        return false;
    *frame = next;
    return true;
}

// Adds frame after frame, each by the best means that works for it.
static void walk_from(struct walk *w, struct bt_unwind_frame frame)
{
    while (w->count < BT_LIMIT_FRAMES) {
        const size_t word = w->input->memory->is64 ? 8 : 4;
        enum bt_trust trust = BT_TRUST_SCAN;
        bt_va found_at = 0;
        if (table_step(w, &frame) || rules_step(w, &frame))
            trust = BT_TRUST_CFI;
        else if (frame_pointer_step(w, &frame))
            trust = BT_TRUST_FRAME_POINTER;
        else if (!scan_step(w, &frame, &found_at))
            return;
        // A thread starts with an empty return address, and behind an interrupt of user code
        // there is no kernel stack left.
        const bt_va ip = frame.registers.ip;
        if (ip == 0 || (frame.exact && bt_module_at(w->crash, ip) == NULL))
            return;
        add_frame(w, &frame, found_at != 0 ? found_at : frame.registers.sp - word, trust);
    }
}

enum bt_status bt_stack_walk(const struct bt_stack_input *input, const struct bt_crash *crash,
                             struct bt_arena *arena, struct bt_frame **ret, size_t *ret_count,
                             struct bt_error *err)
{
    struct walk w = {.input = input, .crash = crash};
    BT_TRY(bt_arena_alloc(arena, BT_LIMIT_FRAMES, sizeof *w.frames, &w.frames, err));
    BT_TRY(bt_stack_images_new(crash, input->memory, input->symbols, arena, &w.images, err));
    struct bt_unwind_frame first = {.registers = {.arch = crash->system.arch}};
    first.registers.sp = input->scan_from;
    if (input->registers != NULL) {
        first = (struct bt_unwind_frame){.registers = *input->registers, .exact = true};
        add_frame(&w, &first, first.registers.sp, BT_TRUST_CONTEXT);
    }
    if (input->memory != NULL && first.registers.sp != 0)
        walk_from(&w, first);
    if (input->symbols != NULL)
        BT_TRY(bt_symbolize_frames(w.images, w.exact, arena, &w.frames, &w.count, err));
    *ret = w.frames;
    *ret_count = w.count;
    return BT_OK;
}
