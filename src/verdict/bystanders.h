// SPDX-License-Identifier: MIT
//
// What is said beside the culprit: why none can be named, and who else was there. Inside the
// verdict room only.
#ifndef BT_VERDICT_BYSTANDERS_H
#define BT_VERDICT_BYSTANDERS_H

#include "verdict/fault.h"
#include "verdict/walks.h"

// Whether this kind of stop can be a driver's fault at all; the knowledge says.
enum blame {
    BLAME_DRIVER, // a driver, if evidence names one
    BLAME_ANY,    // a driver only where an address or an object names it
    BLAME_CODE,   // storage, the boot volume: only the code that failed, where that is known
    BLAME_OTHER,  // hardware, a process, somebody's request
};

struct decision {
    const struct bt_scene *scene;
    const struct bt_fault *fault;
    const struct bt_walks *walks;
    enum blame blame;
};

// A culprit that is no more than a module yet, with its maker and product.
struct bt_culprit bt_culprit_of(const struct bt_scene *scene, const struct bt_module *module);

// Why nobody is named: one sentence.
enum bt_status bt_bystanders_absence(const struct decision *d, const char **ret,
                                     struct bt_error *err) BT_MUST_USE;

// Fills the candidates of `v`, whose culprit is decided: also there, not instead.
enum bt_status bt_bystanders_list(const struct decision *d, struct bt_verdict *v,
                                  struct bt_error *err) BT_MUST_USE;

#endif
