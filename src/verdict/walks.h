// SPDX-License-Identifier: MIT
//
// Opens what the parameters point to, by kind: IRPs, device and driver objects, hardware error
// records, strings. Which stop has which object is knowledge (kbdata/stops), not code.
#ifndef BT_VERDICT_WALKS_H
#define BT_VERDICT_WALKS_H

#include "verdict/scene.h"

enum { BT_WALK_FACTS = 24 };

struct bt_walks {
    struct bt_object_fact facts[BT_WALK_FACTS];
    size_t count;
    // The driver that the objects point at; NULL where they point at none that is loaded.
    const struct bt_module *suspect;
    const char *reason; // "holds the IRP of parameter 4", set with `suspect`
    bool suspect_is_third_party;
    enum bt_confidence suspect_confidence; // how much the object proves, for a third party
    // A module that an object leads to and that proves little; NULL.
    const struct bt_module *bystander;
    bt_va bystander_address;
    const char *bystander_reason;
    // Of a kernel stack that is used up: the third party with most frames on it; NULL.
    const struct bt_module *stack_user;
    size_t stack_user_frames;
    uint64_t machine_check; // status of the first bank of an error record; 0: none
    const char *process;    // "csrss.exe (612)": the process that the stop names; NULL
    // Of a power request that is held: who holds it, and whose device is at the bottom.
    const struct bt_module *power_holder, *power_bottom;
};

// Objects that are not in the dump are left out; nothing found is BT_OK.
enum bt_status bt_walks_open(const struct bt_scene *scene, struct bt_walks *ret,
                             struct bt_error *err) BT_MUST_USE;

#endif
