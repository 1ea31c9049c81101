// SPDX-License-Identifier: MIT
//
// What a verdict is reached from, gathered step by step: first what the stop code means, then
// where the fault was, then the stack, then what the parameters point to. Everything is
// borrowed from the pipeline; texts go into the arena of the dump.
#ifndef BT_VERDICT_SCENE_H
#define BT_VERDICT_SCENE_H

#include "base/arena.h"
#include "cpu/registers.h"
#include "crash/crash.h"
#include "kb/kb.h"
#include "memory/memory.h"
#include "verdict/result.h"
#include "windows/kernel_view.h"

struct bt_symbols;

struct bt_scene {
    const struct bt_kb *kb;
    struct bt_crash *crash;
    const struct bt_memory *memory;       // NULL: the dump holds none
    const struct bt_kernel_input *kernel; // where the kernel's own data is; NULL
    const struct bt_registers *context;   // of the header or the crashing thread; NULL
    const struct bt_stop_meaning *stop;   // parameters explained, with their kinds
    struct bt_arena *arena;
    struct bt_symbols *symbols; // symbol files at hand; NULL: none
};

// Whether parameter `n` (0 to 3) is known and of this kind.
bool bt_scene_kind(const struct bt_scene *scene, unsigned n, const char *kind);

// The role of a module; crash-time copies (dump_storport.sys, hiber_*.sys) count as
// infrastructure, and a module that no table knows as a third party's.
enum bt_kb_role bt_scene_role(const struct bt_scene *scene, const char *module);
// Whether a module is a third party's, and may be blamed for being on the stack.
bool bt_scene_is_third_party(const struct bt_scene *scene, const char *module);

#endif
