// SPDX-License-Identifier: MIT
//
// What a memory dump tells, found by following the kernel's own lists: modules with their
// versions, processors and their registers, and the structures of which a triage dump carries
// copies.
#ifndef BT_WINDOWS_MEMORY_FACTS_H
#define BT_WINDOWS_MEMORY_FACTS_H

#include "cpu/registers.h"
#include "windows/kernel_view.h"

// The context of the crash: given by the header of the dump, or found.
struct bt_crash_context {
    bool known;
    struct bt_registers registers;
};

// For dumps with page tables, in place of bt_windows_describe, which it ends with: reads from
// input->memory what the dump's own header and pieces do not tell, fills the module lists and
// the stop of `crash` where they are empty, and finds the processor that stopped the system.
// `context` is that of the header; where it is not known it becomes that of this processor.
// Fails only when the arena is full.
enum bt_status bt_memory_facts_read(const struct bt_kernel_input *input, struct bt_arena *arena,
                                    struct bt_crash *crash, struct bt_crash_context *context,
                                    struct bt_error *err) BT_MUST_USE;

#endif
