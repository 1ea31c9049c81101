// SPDX-License-Identifier: MIT
//
// What the images of the loaded modules say about themselves.
#ifndef BT_WINDOWS_MODULE_IMAGES_H
#define BT_WINDOWS_MODULE_IMAGES_H

#include "base/arena.h"
#include "crash/crash.h"
#include "image/pe.h"
#include "memory/memory.h"

// Adds to each module what its image holds: time stamp, size and checksum (which the list may
// have wrong), file and product version, company, description, symbol file. What is not in the
// dump stays as it is. Stops with a note when half of the arena is used.
void bt_module_images_read(const struct bt_memory *memory, struct bt_arena *arena,
                           struct bt_crash *crash);

// The same for one module and an opened image: for images that come from elsewhere.
void bt_module_image_describe(const struct bt_image *image, struct bt_arena *arena,
                              struct bt_module *module);

#endif
