// SPDX-License-Identifier: MIT
//
// Stop codes, parameters and exceptions in words. The knowledge says in rows what each
// parameter is and what its values mean; a row may hold only under a condition, and a value may
// change what the other parameters are.
#ifndef BT_VERDICT_EXPLAIN_H
#define BT_VERDICT_EXPLAIN_H

#include "verdict/scene.h"

// What the stop of scene->crash means; scene->stop is not looked at. A code that nobody knows
// leaves the name NULL, a parameter that is not documented has no role. Fails only when the
// arena is full.
enum bt_status bt_explain_stop(const struct bt_scene *scene, struct bt_stop_meaning *ret,
                               struct bt_error *err) BT_MUST_USE;

// Name and meaning of crash->exception (exception.h): fills the exception_* fields of the
// result. The inner exception of a stop is known after bt_verdict_gather.
enum bt_status bt_explain_exception(const struct bt_scene *scene, struct bt_result *result,
                                    struct bt_error *err) BT_MUST_USE;

#endif
