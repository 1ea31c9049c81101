// SPDX-License-Identifier: MIT
//
// How walks.c hands work to its parts; inside the verdict room only. Each opener looks at one
// parameter and adds what it finds; an object that is not in the dump adds nothing.
#ifndef BT_VERDICT_WALK_PARTS_H
#define BT_VERDICT_WALK_PARTS_H

#include "base/buf.h"
#include "verdict/walks.h"

typedef enum bt_status bt_walk_opener(const struct bt_scene *scene, struct bt_walks *walks,
                                      bt_va va, struct bt_error *err);

bt_walk_opener bt_walk_process, bt_walk_thread, bt_walk_processor;

// Appends "label  text" to the facts; what does not fit is left out.
enum bt_status bt_walk_fact(const struct bt_scene *scene, struct bt_walks *walks,
                            const char *label, const struct bt_buf *text,
                            struct bt_error *err) BT_MUST_USE;

#endif
