// SPDX-License-Identifier: MIT
//
// What a parameter's value says by the kind of thing it is: an instruction lies in a module, a
// status has a name, an interrupt level has a word.
#ifndef BT_VERDICT_PARAMETER_KINDS_H
#define BT_VERDICT_PARAMETER_KINDS_H

#include "verdict/scene.h"

// Adds to a parameter whose value, role and kind are set: module and offset, status, hint, and
// a meaning where the knowledge of the stop had none. Kinds without a rule add nothing.
enum bt_status bt_parameter_resolve(const struct bt_scene *scene,
                                    struct bt_parameter *parameter,
                                    struct bt_error *err) BT_MUST_USE;

#endif
