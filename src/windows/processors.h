// SPDX-License-Identifier: MIT
//
// The processors of a memory dump: where their control blocks (KPRCB) are, what each was doing,
// and which of them stopped the system.
#ifndef BT_WINDOWS_PROCESSORS_H
#define BT_WINDOWS_PROCESSORS_H

#include "base/arena.h"
#include "cpu/registers.h"
#include "crash/crash.h"
#include "memory/debugger_data.h"
#include "memory/memory.h"

struct bt_processor {
    uint32_t index;
    bt_va control_block; // KPRCB
    bt_va thread;        // that runs on it; 0 unknown
    bool has_context;
    struct bt_registers context; // saved when the system stopped
};

struct bt_processors {
    const struct bt_processor *items;
    size_t count;
};

// Reads the control blocks that the debugger block lists. `block` may be NULL (NT 4 has none):
// then the one processor whose block stands at a fixed address, on x86. An empty result is
// BT_OK; fails only when the arena is full.
enum bt_status bt_processors_read(const struct bt_memory *memory,
                                  const struct bt_debugger_data *block,
                                  const struct bt_crash *crash, struct bt_arena *arena,
                                  struct bt_processors *ret, struct bt_error *err) BT_MUST_USE;

// The processor that stopped the system, or NULL. `context` is that of the dump's header (NULL
// where there is none): the same stack pointer is proof, and so is one on the stack of the
// thread that the processor runs. Otherwise the processor whose registers hold most of the
// stop's parameters, as the call that stops the system passes them; the processor of a machine
// that has but one needs none.
const struct bt_processor *bt_processors_crashing(const struct bt_processors *processors,
                                                  const struct bt_memory *memory,
                                                  const struct bt_crash *crash,
                                                  const struct bt_registers *context);

#endif
