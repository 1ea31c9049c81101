// SPDX-License-Identifier: MIT
//
// How a function of 32-bit Windows lays out its frame, as compilers tell it for code without
// frame pointers: "frame data" (a small program) and the older "FPO data" (sizes only), in PDBs
// and in the STACK WIN lines of Breakpad symbol files.
#ifndef BT_SYMBOLS_WINDOWS_FRAME_H
#define BT_SYMBOLS_WINDOWS_FRAME_H

#include "symbols/symbols.h"

struct bt_windows_frame {
    // Bytes of parameters: while the function runs they lie between it and its caller's frame.
    uint32_t parameters;
    bool described;                   // otherwise the parameters are all that is known
    uint32_t saved_registers, locals; // bytes of the frame, above its callee's parameters
    bool uses_ebp;                    // as a register like others, whose old value it saved
    // Assignments in reverse Polish notation over the registers: "$eip $esp 4 + ^ = ...". NULL
    // where there are sizes only.
    const char *program;
};

// What is known of the frame of the function at an RVA. BT_ABSENT where no symbol file knows.
enum bt_status bt_symbol_table_windows_frame(struct bt_symbol_table *table, uint64_t rva,
                                             struct bt_arena *arena,
                                             struct bt_windows_frame *ret,
                                             struct bt_error *err) BT_MUST_USE;

#endif
