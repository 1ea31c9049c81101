// SPDX-License-Identifier: MIT
#include "stack/stack.h"

#include <string.h>

#include "base/limits.h"
#include "stack/leaf_x86.h"
#include "stack/program_view.h"
#include "stack/return_address.h"
#include "stack/stack_images.h"
#include "stack/stack_scan.h"
#include "stack/stack_switch.h"
#include "stack/symbolize.h"
#include "stack/unwind.h"
#include "stack/unwind_breakpad.h"
#include "stack/unwind_windows_x86.h"

// No code is in the first page of an address space.
enum { FIRST_PAGE = 4096 };

struct walk {
    const struct bt_stack_input *input;
    const struct bt_crash *crash;
    struct bt_stack_images *images;
    struct bt_frame frames[BT_LIMIT_FRAMES];
    bool exact[BT_LIMIT_FRAMES]; // the frame stands at its instruction, not at a return address
    size_t count;
    struct bt_stack_scan scan;
    uint32_t callee_parameters; // of the function that the current frame called, in bytes
    unsigned switches;          // from one kernel stack to another
    bt_va last_sp;              // behind the last frame
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
        .interrupted = f->exact && trust != BT_TRUST_CONTEXT,
        .trust = trust,
    };
    bt_stack_images_name(w->images, frame, f->exact);
}

// A switch to a stack at a lower address looks like a step down: it may happen a few times.
static bool may_switch(struct walk *w, bt_va callee_sp, bt_va caller_sp)
{
    if (w->switches == BT_LIMIT_STACK_SWITCHES ||
        !bt_stack_is_other(w->crash, callee_sp, caller_sp))
        return false;
    w->switches++;
    return true;
}

// Takes a step where it leads makes sense: further up the stack, and into a module.
static bool accept_step(struct walk *w, struct bt_unwind_frame *frame,
                        const struct bt_unwind_frame *next)
{
    const enum bt_arch arch = w->crash->system.arch;
    // A function of ARM may keep nothing on the stack; an interrupt may have changed stacks.
    const bool may_stay = arch == BT_ARCH_ARM64 || arch == BT_ARCH_ARM;
    const bool moved = next->registers.sp > frame->registers.sp ||
                       (may_stay && next->registers.sp == frame->registers.sp);
    if (!moved && !next->exact && !may_switch(w, frame->registers.sp, next->registers.sp))
        return false;
    if (next->registers.ip >= FIRST_PAGE && !next->exact &&
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
    if (bt_stack_images_rules(w->images, bt_module_at(w->crash, inside), inside, &rules,
                              NULL) != BT_OK)
        return false;
    struct bt_unwind_frame next = *frame;
    if (bt_unwind_breakpad(w->input->memory, &rules, &next, NULL) != BT_OK)
        return false;
    return accept_step(w, frame, &next);
}

// By what symbol files tell of frames of 32-bit Windows; also remembers the parameters of the
// function, for the next step.
static bool windows_step(struct walk *w, struct bt_unwind_frame *frame)
{
    const bt_va inside = frame->registers.ip - (frame->exact ? 0 : 1);
    const uint32_t callee_parameters = w->callee_parameters;
    struct bt_windows_frame layout;
    w->callee_parameters = 0;
    if (w->crash->system.arch != BT_ARCH_X86 ||
        bt_stack_images_windows_frame(w->images, bt_module_at(w->crash, inside), inside,
                                      &layout, NULL) != BT_OK)
        return false;
    w->callee_parameters = layout.parameters;
    struct bt_unwind_frame next = *frame;
    if (!layout.described ||
        bt_unwind_windows_x86(w->crash, w->input->memory, &layout, callee_parameters, &next,
                              NULL) != BT_OK ||
        bt_linked_address_belief(w->crash, w->input->memory, next.registers.ip) ==
            BT_BELIEF_NONE)
        return false;
    return accept_step(w, frame, &next);
}

// By frame pointers, where code of this system keeps them.
static bool frame_pointer_step(struct walk *w, struct bt_unwind_frame *frame)
{
    if (!bt_keeps_frame_pointers(w->crash))
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

// Whether the function has stored its return address in a frame that leads there too.
static bool is_in_frame(const struct walk *w, const struct bt_registers *r, bt_va address)
{
    const size_t word = w->input->memory->is64 ? 8 : 4;
    bt_va stored = 0;
    return r->fp >= r->sp && r->fp != 0 &&
           bt_memory_pointer(w->input->memory, r->fp + word, &stored, NULL) == BT_OK &&
           bt_code_address(r->arch, stored) == address;
}

// By the link register of the innermost frame. It is the caller's address until the function
// calls another one, and then an address in the function itself: so only one of another image
// counts. Where the function has made its frame already, that leads there as well, and further.
static bool link_register_step(struct walk *w, struct bt_unwind_frame *frame)
{
    struct bt_unwind_frame next = *frame;
    if (!frame->exact || bt_unwind_link_register(&next, NULL) != BT_OK ||
        is_in_frame(w, &frame->registers, next.registers.ip) ||
        bt_module_at(w->crash, next.registers.ip) ==
            bt_module_at(w->crash, frame->registers.ip) ||
        bt_return_address_belief(w->crash, w->input->memory, next.registers.ip) ==
            BT_BELIEF_NONE)
        return false;
    *frame = next;
    return true;
}

// One step by the best means that works; false where the stack ends.
static bool step(struct walk *w, struct bt_unwind_frame *frame, enum bt_trust *trust,
                 bt_va *ret_found_at)
{
    const bool linked = *trust == BT_TRUST_FRAME_POINTER ||
                        (*trust == BT_TRUST_CFI && w->crash->system.arch == BT_ARCH_X86);
    *ret_found_at = 0;
    *trust = BT_TRUST_CFI;
    if (table_step(w, frame) || windows_step(w, frame) || rules_step(w, frame))
        return true;
    // Not told by anything, but found in the stack: no better than a scan.
    *trust = BT_TRUST_SCAN;
    if (bt_unwind_wild_call(w->crash, w->input->memory, frame, NULL) == BT_OK ||
        bt_unwind_stop_call(w->crash, w->input->memory, frame, NULL) == BT_OK ||
        bt_unwind_leaf_x86(w->crash, w->input->memory, w->images, frame, NULL) == BT_OK)
        return true;
    *trust = BT_TRUST_FRAME_POINTER;
    if (link_register_step(w, frame) || frame_pointer_step(w, frame))
        return true;
    // What lies beyond the last frame of a chain is what the system put there.
    if (linked && bt_unwind_chain_ends(w->input->memory, w->crash, &frame->registers))
        return false;
    *trust = BT_TRUST_SCAN;
    return bt_stack_scan_step(&w->scan, frame, ret_found_at);
}

// Adds frame after frame.
static void walk_from(struct walk *w, struct bt_unwind_frame frame)
{
    const size_t word = w->input->memory->is64 ? 8 : 4;
    enum bt_trust trust = BT_TRUST_CONTEXT;
    bt_va found_at;
    bt_va callee_sp = frame.registers.sp;
    while (w->count < BT_LIMIT_FRAMES && step(w, &frame, &trust, &found_at)) {
        // A thread starts with an empty return address, or a small number in its place; behind
        // an interrupt of user code there is no kernel stack left.
        const bt_va ip = frame.registers.ip;
        if (ip < FIRST_PAGE || (frame.exact && bt_module_at(w->crash, ip) == NULL))
            return;
        add_frame(w, &frame, found_at != 0 ? found_at : frame.registers.sp - word, trust);
        w->frames[w->count - 1].other_stack =
            bt_stack_is_other(w->crash, callee_sp, frame.registers.sp);
        callee_sp = frame.registers.sp;
    }
    w->last_sp = callee_sp;
}

// Where tables did not lead from the stack of an interrupt or a deferred procedure call to that
// of its thread, a pointer into the latter may.
static void walk_thread_behind(struct walk *w)
{
    const size_t first = w->count;
    struct bt_unwind_frame frame = {.registers = {.arch = w->crash->system.arch}};
    if (!w->input->joins_thread || w->last_sp == 0 ||
        !bt_stack_find_link(w->crash, w->input->memory, w->last_sp, &frame.registers.sp))
        return;
    w->scan.end = 0;
    w->scan.limit = w->crash->stack.base;
    walk_from(w, frame);
    if (w->count > first)
        w->frames[first].other_stack = true;
}

static enum bt_status walk(struct walk *w, struct bt_error *err)
{
    const struct bt_stack_input *input = w->input;
    struct bt_unwind_frame first = {.registers = {.arch = w->crash->system.arch}};
    first.registers.sp = input->scan_from;
    if (input->registers != NULL) {
        first = (struct bt_unwind_frame){.registers = *input->registers, .exact = true};
        add_frame(w, &first, first.registers.sp, BT_TRUST_CONTEXT);
    }
    if (input->memory != NULL && first.registers.sp != 0) {
        walk_from(w, first);
        walk_thread_behind(w);
    }
    return input->symbols != NULL
               ? bt_symbolize_frames(w->images, w->exact, w->frames, &w->count, err)
               : BT_OK;
}

static enum bt_status walk_stack(const struct bt_stack_input *input,
                                 const struct bt_crash *crash, struct bt_arena *arena,
                                 struct bt_frame **ret, size_t *ret_count, struct bt_error *err)
{
    struct walk w = {
        .input = input,
        .crash = crash,
        .images = input->images,
        .scan = {.crash = crash, .memory = input->memory, .limit = input->scan_end},
    };
    struct bt_frame *frames;
    if (w.images == NULL)
        BT_TRY(
            bt_stack_images_new(crash, input->memory, input->symbols, arena, &w.images, err));
    enum bt_status st = walk(&w, err);
    if (input->images == NULL)
        bt_stack_images_close(w.images);
    if (st != BT_OK)
        return st;
    BT_TRY(bt_arena_alloc(arena, w.count, sizeof *frames, &frames, err));
    if (w.count != 0)
        memcpy(frames, w.frames, w.count * sizeof *frames);
    *ret = frames;
    *ret_count = w.count;
    return BT_OK;
}

enum bt_status bt_stack_walk(const struct bt_stack_input *input, const struct bt_crash *crash,
                             struct bt_arena *arena, struct bt_frame **ret, size_t *ret_count,
                             struct bt_error *err)
{
    struct bt_program_view program;
    if (bt_program_view_make(input, crash, &program))
        return walk_stack(&program.input, &program.crash, arena, ret, ret_count, err);
    return walk_stack(input, crash, arena, ret, ret_count, err);
}
