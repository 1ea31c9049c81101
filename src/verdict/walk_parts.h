// SPDX-License-Identifier: MIT
//
// How walks.c hands work to its parts; inside the verdict room only. Each opener looks at one
// parameter and adds what it finds; an object that is not in the dump adds nothing.
#ifndef BT_VERDICT_WALK_PARTS_H
#define BT_VERDICT_WALK_PARTS_H

#include "base/buf.h"
#include "memory/debugger_data.h"
#include "verdict/walks.h"

typedef enum bt_status bt_walk_opener(const struct bt_scene *scene, struct bt_walks *walks,
                                      bt_va va, struct bt_error *err);

bt_walk_opener bt_walk_irp, bt_walk_device, bt_walk_driver, bt_walk_string, bt_walk_process,
    bt_walk_thread, bt_walk_processor, bt_walk_watchdog, bt_walk_error_record, bt_walk_object,
    bt_walk_pool_header, bt_walk_pool_block;

// Puts the machine check that the parameters hold into words, unless a record told it already.
enum bt_status bt_walk_machine_check(const struct bt_scene *scene, struct bt_walks *walks,
                                     struct bt_error *err) BT_MUST_USE;

// Looks at the stack of a double fault, which was walked before.
enum bt_status bt_walk_used_stack(const struct bt_scene *scene, struct bt_walks *walks,
                                  struct bt_error *err) BT_MUST_USE;

// Appends "label  text" to the facts; what does not fit is left out.
enum bt_status bt_walk_fact(const struct bt_scene *scene, struct bt_walks *walks,
                            const char *label, const struct bt_buf *text,
                            struct bt_error *err) BT_MUST_USE;

// Makes `module` the suspect, unless a third party is one already. `reason` is not copied.
void bt_walk_suspect(const struct bt_scene *scene, struct bt_walks *walks,
                     const struct bt_module *module, enum bt_confidence confidence,
                     const char *reason);

// The debugger block of this dump; false where there is none.
bool bt_walk_debugger_data(const struct bt_scene *scene, struct bt_debugger_data *ret);

#endif
