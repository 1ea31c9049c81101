// SPDX-License-Identifier: MIT
//
// The image that is linked into the program: builtin_image.S puts its bytes between two
// symbols.
#include "kb/layers.h"

extern const uint8_t bt_kb_builtin_start[];
extern const uint8_t bt_kb_builtin_end[];

enum bt_status bt_kb_add_builtin(struct bt_kb *kb, struct bt_error *err)
{
    // Our own build has checked it: only its header and sections are looked at, so that the
    // start of the program does not wait for a checksum.
    struct bt_span bytes = {
        .data = bt_kb_builtin_start,
        .size = (size_t)((uintptr_t)bt_kb_builtin_end - (uintptr_t)bt_kb_builtin_start),
    };
    return bt_kb_add_layer(kb, bytes, true, "built-in", NULL, err);
}
