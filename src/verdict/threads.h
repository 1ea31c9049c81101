// SPDX-License-Identifier: MIT
#ifndef BT_VERDICT_THREADS_H
#define BT_VERDICT_THREADS_H

#include "verdict/scene.h"

// Walks the stacks of all threads of a user minidump: frames of scene->crash->threads, at most
// BT_LIMIT_WALKED_THREADS of them. `contexts` has the registers of each one, `arch` is
// BT_ARCH_UNKNOWN where none were saved; NULL: the dump has no threads. The crashing thread has
// the frames that scene->crash has already.
enum bt_status bt_threads_walk(const struct bt_scene *scene,
                               const struct bt_registers *contexts,
                               struct bt_error *err) BT_MUST_USE;

#endif
