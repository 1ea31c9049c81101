// SPDX-License-Identifier: MIT
//
// Walking a stack. Every frame says how far to trust it: the instruction pointer of a saved
// context, unwind tables, a chain of frame pointers, or a scan for values that look like return
// addresses. A triage dump holds no images, so there the scan is all there is.
#ifndef BT_STACK_STACK_H
#define BT_STACK_STACK_H

#include "base/arena.h"
#include "cpu/registers.h"
#include "crash/crash.h"
#include "memory/memory.h"

struct bt_symbols;
struct bt_stack_images;

struct bt_stack_input {
    const struct bt_memory *memory;       // NULL: only the context's own frame
    const struct bt_registers *registers; // where to start; NULL: scan from `scan_from`
    bt_va scan_from;                      // used without registers; 0: nothing to scan
    bt_va scan_end;                       // one past the last address of the stack; 0 unknown
    struct bt_symbols *symbols;           // files that name code and unwind; NULL: none
    struct bt_stack_images *images;       // shared by several walks; NULL: this one has its own
    bool joins_thread; // the stack of `crash`: that of its thread may follow another one
};

// A kernel runs deferred procedure calls, interrupts and double faults on stacks of their own:
// where tables or, with `joins_thread`, a pointer to it lead to the stack of the thread that
// was interrupted, that is walked too, and its first frame says `other_stack`.
//
// Walks at most BT_LIMIT_FRAMES frames, the calls that were inlined into them included. Modules
// are looked up in `crash`, whose module list must outlive the frames. An empty result is
// BT_OK. Fails only when the arena is full.
enum bt_status bt_stack_walk(const struct bt_stack_input *input, const struct bt_crash *crash,
                             struct bt_arena *arena, struct bt_frame **ret, size_t *ret_count,
                             struct bt_error *err) BT_MUST_USE;

#endif
