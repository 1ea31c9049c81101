// SPDX-License-Identifier: MIT
//
// The images of the modules that a stack leads through, opened when they are first needed.
#ifndef BT_STACK_STACK_IMAGES_H
#define BT_STACK_STACK_IMAGES_H

#include "base/arena.h"
#include "crash/crash.h"
#include "image/pe.h"
#include "memory/memory.h"

struct bt_stack_images;

// For the modules of `crash`, in `memory` (both borrowed), in the arena.
enum bt_status bt_stack_images_new(const struct bt_crash *crash, const struct bt_memory *memory,
                                   struct bt_arena *arena, struct bt_stack_images **ret,
                                   struct bt_error *err) BT_MUST_USE;

// The image of one of these modules, or NULL where its headers are not in the dump.
const struct bt_image *bt_stack_images_open(struct bt_stack_images *images,
                                            const struct bt_module *module);

// Names a frame after the export that its function is, where that can be told. `exact`: see
// struct bt_unwind_frame.
void bt_stack_images_name(struct bt_stack_images *images, struct bt_frame *frame, bool exact);

#endif
