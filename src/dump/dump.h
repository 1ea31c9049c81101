// SPDX-License-Identifier: MIT
//
// Reading a dump file: the probe table, and what a reader hands on. Readers fill the neutral
// crash with what the file's own structures say, and hand the raw pieces of kernel memory to
// the windows room, which knows what lives in them.
#ifndef BT_DUMP_DUMP_H
#define BT_DUMP_DUMP_H

#include "base/arena.h"
#include "cpu/registers.h"
#include "crash/crash.h"
#include "io/source.h"
#include "memory/memory.h"

// Pieces of a kernel dump that are understood elsewhere. Empty spans and zero addresses mean
// "not in this dump".
struct bt_kernel_parts {
    bt_va debugger_data;    // KDDEBUGGER_DATA64 in the target
    bt_va loaded_modules;   // PsLoadedModuleList
    bt_va active_processes; // PsActiveProcessHead
    bt_va pfn_database;
    bt_pa directory_table;         // CR3, control bits included
    struct bt_span debugger_bytes; // raw copies that a triage dump carries
    struct bt_span prcb, process, thread;
};

struct bt_dump {
    struct bt_crash *crash;         // never NULL after bt_dump_read, in the arena
    const struct bt_memory *memory; // NULL: the dump has none that can be read
    struct bt_kernel_parts kernel;
    struct bt_registers context; // of the crashing processor or thread
    bool has_context;
    // One for each of crash->threads; `arch` is BT_ARCH_UNKNOWN where none was saved. NULL
    // where the dump has no threads.
    struct bt_registers *thread_contexts;
};

// Whether the first bytes of a file, 4 KiB or all, are those of a dump.
bool bt_dump_is_one(struct bt_span head);

// Reads what can be read. Returns BT_OK for anything that can be described, also for an input
// that is no dump: crash->status and crash->problem tell. A failure is one of this process (out
// of memory, an I/O error before the first byte).
enum bt_status bt_dump_read(struct bt_source *source, struct bt_arena *arena,
                            struct bt_dump *ret, struct bt_error *err) BT_MUST_USE;

#endif
