// SPDX-License-Identifier: MIT
//
// The layers of a `struct bt_kb`, for the files of this room that look things up.
#ifndef BT_KB_LAYERS_H
#define BT_KB_LAYERS_H

#include "kb/image.h"

enum { BT_KB_MAX_LAYERS = 16 };

struct bt_kb {
    struct bt_kb_image *layers[BT_KB_MAX_LAYERS]; // owned; the last one wins
    size_t layer_count;
    char version[24];
};

// Adds an opened image. Takes `owned` and frees it on failure too.
enum bt_status bt_kb_add_layer(struct bt_kb *kb, struct bt_span bytes, bool trusted,
                               const char *name, void *owned, struct bt_error *err) BT_MUST_USE;

#endif
