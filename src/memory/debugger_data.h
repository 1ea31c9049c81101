// SPDX-License-Identifier: MIT
//
// KDDEBUGGER_DATA64, the block that Windows keeps for debuggers: where the kernel's lists are,
// and at which offsets its structures hold what a debugger needs. It lives in this room because
// both the reader of a dump (to know how long its pieces are) and the windows room (to know
// what is in them) need it.
//
// The block has one layout for all targets; versions of Windows append to it, so a field is
// there where the block's own size says so.
#ifndef BT_MEMORY_DEBUGGER_DATA_H
#define BT_MEMORY_DEBUGGER_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/optional.h"
#include "base/span.h"

// Addresses are 0, offsets and sizes unknown, where this version of the block has none, the
// block was cut off, or it holds 0 (nothing of interest is at offset 0).
struct bt_debugger_data {
    uint32_t size; // of the block, as it says
    bt_va kernel_base;
    bt_va loaded_modules;
    bt_va active_processes;
    bt_va bugcheck_data; // five pointer-sized values: code and parameters
    bt_va build_lab;     // NUL-terminated text
    bt_va processor_blocks;
    bt_va unloaded_modules;
    bt_va last_unloaded_module;
    bt_va csd_version;
    // Sizes of structures.
    struct bt_opt32 prcb_size, process_size, thread_size;
    // Offsets into KPRCB.
    struct bt_opt32 prcb_current_thread, prcb_mhz, prcb_vendor, prcb_number;
    struct bt_opt32 prcb_context;   // of a pointer to the CONTEXT that was saved at the stop
    struct bt_opt32 prcb_state;     // of a CONTEXT in the block itself (older versions)
    struct bt_opt32 prcb_dpc_stack; // of a pointer to the end of the stack that DPCs run on
    // Offsets into KTHREAD, the start of ETHREAD.
    struct bt_opt32 thread_process;      // ApcState.Process
    struct bt_opt32 thread_kernel_stack; // stack pointer of a thread that does not run
    struct bt_opt32 thread_initial_stack, thread_stack_limit, thread_stack_base;
    // Offsets into EPROCESS.
    struct bt_opt32 process_peb;
};

// The most of a block that is ever looked at; callers need not read more.
enum { BT_DEBUGGER_DATA_SIZE = 0x3a0 };

// Decodes a block. `is64` is the width of the target: the block of a 32-bit one holds
// sign-extended addresses, which are cut to 32 bits. BT_E_TRUNCATED where not even the header
// is there, BT_E_CORRUPT where the tag is wrong (the block may be encoded, which Windows does
// in a running system but not in the dumps it writes).
enum bt_status bt_debugger_data_decode(struct bt_span raw, bool is64,
                                       struct bt_debugger_data *ret,
                                       struct bt_error *err) BT_MUST_USE;

#endif
