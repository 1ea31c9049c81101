// SPDX-License-Identifier: MIT
//
// The verdict in two steps, because rules look at the stack: gather before the articles are
// matched, conclude after.
#ifndef BT_VERDICT_VERDICT_H
#define BT_VERDICT_VERDICT_H

#include "verdict/fault.h"
#include "verdict/scene.h"
#include "verdict/walks.h"

struct bt_evidence_base {
    struct bt_fault fault;
    struct bt_walks walks;
};

// Finds the fault, walks the stack (crash->frames), opens the objects that the parameters point
// to, and disassembles the faulting instruction. Fills `objects` and `instruction` of the
// result. scene->stop must be explained before.
enum bt_status bt_verdict_gather(const struct bt_scene *scene, struct bt_evidence_base *ret,
                                 struct bt_result *result, struct bt_error *err) BT_MUST_USE;

// Decides on the culprit and makes the signatures.
enum bt_status bt_verdict_conclude(const struct bt_scene *scene,
                                   const struct bt_evidence_base *base,
                                   struct bt_result *result, struct bt_error *err) BT_MUST_USE;

#endif
