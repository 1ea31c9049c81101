// SPDX-License-Identifier: MIT
//
// What lives in Windows kernel memory, whether a triage dump carries copies of it or page
// tables lead to it: the debugger data block, the processor's control block, process and
// thread.
#ifndef BT_WINDOWS_KERNEL_VIEW_H
#define BT_WINDOWS_KERNEL_VIEW_H

#include "base/arena.h"
#include "crash/crash.h"
#include "memory/memory.h"

// Where to look. Raw copies win over addresses; both may be missing.
struct bt_kernel_input {
    const struct bt_memory *memory; // may be NULL
    bt_va debugger_data;
    bt_va loaded_modules, active_processes;
    bt_va build_lab; // NtBuildLab, where the debugger block does not lead to it; 0 unknown
    struct bt_span debugger_bytes, prcb, process, thread;
};

// Adds to `crash` what the input tells: process name and id, thread id, processor index, vendor
// and speed, the thread's stack limits, build lab. What is missing stays unknown; what
// contradicts itself becomes a note. Fails only when the arena is full.
enum bt_status bt_windows_describe(const struct bt_kernel_input *input, struct bt_arena *arena,
                                   struct bt_crash *crash, struct bt_error *err) BT_MUST_USE;

#endif
