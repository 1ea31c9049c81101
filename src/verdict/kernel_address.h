// SPDX-License-Identifier: MIT
//
// What an address in a stop's parameter looks like, where it is in no module: a null pointer, a
// fill pattern, text, or a good kernel address with one bit turned over.
#ifndef BT_VERDICT_KERNEL_ADDRESS_H
#define BT_VERDICT_KERNEL_ADDRESS_H

#include "verdict/scene.h"

// The most telling of all these in words, or NULL: in the arena or a literal.
enum bt_status bt_kernel_address_hint(const struct bt_scene *scene, bt_va address,
                                      const char **ret, struct bt_error *err) BT_MUST_USE;

// Only what no address of an object can be: a fill pattern, or bits that the processor refuses.
enum bt_status bt_kernel_object_hint(const struct bt_scene *scene, bt_va address,
                                     const char **ret, struct bt_error *err) BT_MUST_USE;

#endif
