// SPDX-License-Identifier: MIT
//
// What a memory dump tells, found by following the kernel's own lists: modules with their
// versions, processors and their registers, and the structures of which a triage dump carries
// copies.
#ifndef BT_WINDOWS_MEMORY_FACTS_H
#define BT_WINDOWS_MEMORY_FACTS_H

#include "cpu/registers.h"
#include "windows/kernel_view.h"

struct bt_memory_facts {
    // The given input, with copies from memory where it had none: for bt_windows_describe.
    struct bt_kernel_input input;
    bool has_context;
    struct bt_registers context; // of the processor that stopped the system
};

// Reads from input->memory what the dump's own header and pieces do not tell: fills the module
// lists and the stop of `crash` where they are empty, and finds the crashing processor. Call it
// for dumps with page tables, before bt_windows_describe; `context` is that of the header, NULL
// where it has none. Fails only when the arena is full.
enum bt_status bt_memory_facts_read(const struct bt_kernel_input *input,
                                    const struct bt_registers *context, struct bt_arena *arena,
                                    struct bt_crash *crash, struct bt_memory_facts *ret,
                                    struct bt_error *err) BT_MUST_USE;

#endif
