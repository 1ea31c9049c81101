// SPDX-License-Identifier: MIT
//
// Which module to blame, or that none can be named. docs/verdict.md tells how, with an example
// of each tier.
#ifndef BT_VERDICT_CULPRIT_H
#define BT_VERDICT_CULPRIT_H

#include "verdict/fault.h"
#include "verdict/scene.h"
#include "verdict/walks.h"

// Fills the verdict: the culprit with its method, confidence and reason, or the reason why
// there is none, and the other candidates. crash->frames must be walked before.
enum bt_status bt_culprit_decide(const struct bt_scene *scene, const struct bt_fault *fault,
                                 const struct bt_walks *walks, struct bt_verdict *ret,
                                 struct bt_error *err) BT_MUST_USE;

#endif
