// SPDX-License-Identifier: MIT
//
// The lists of modules in kernel memory: what is loaded (PsLoadedModuleList) and what the
// kernel remembers of what was (MmUnloadedDrivers).
#ifndef BT_WINDOWS_LOADED_MODULES_H
#define BT_WINDOWS_LOADED_MODULES_H

#include "base/arena.h"
#include "crash/crash.h"
#include "memory/debugger_data.h"
#include "memory/memory.h"

// What a module is called whose name is not in the dump, with its address behind.
#define BT_UNKNOWN_MODULE "unknown_"

// Walks the list whose head is at `head` into crash->modules, in its order. A list that is cut,
// damaged or closed on itself gives the part before, and what can be reached from its end, with
// a note. Fails only when the arena is full; BT_ABSENT where not even the head is in the dump.
enum bt_status bt_loaded_modules_read(const struct bt_memory *memory, bt_va head,
                                      struct bt_arena *arena, struct bt_crash *crash,
                                      struct bt_error *err) BT_MUST_USE;

// Images never overlap: cuts the size of a module that claims the start of another, or more
// than any image has, with a note. For lists that are complete.
void bt_loaded_modules_settle(struct bt_arena *arena, struct bt_crash *crash);

// Reads the ring of unloaded modules into crash->unloaded, newest first. BT_ABSENT where it is
// not in the dump.
enum bt_status bt_unloaded_modules_read(const struct bt_memory *memory,
                                        const struct bt_debugger_data *block,
                                        struct bt_arena *arena, struct bt_crash *crash,
                                        struct bt_error *err) BT_MUST_USE;

#endif
