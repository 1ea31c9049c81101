// SPDX-License-Identifier: MIT
#ifndef BT_VERDICT_USER_CULPRIT_H
#define BT_VERDICT_USER_CULPRIT_H

#include "verdict/fault.h"
#include "verdict/scene.h"

// The verdict on a crash without a stop code: the module of the faulting instruction, or the
// first caller outside the system's own modules. crash->frames must be walked before.
enum bt_status bt_user_culprit_decide(const struct bt_scene *scene,
                                      const struct bt_fault *fault, struct bt_verdict *ret,
                                      struct bt_error *err) BT_MUST_USE;

#endif
