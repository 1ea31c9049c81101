// SPDX-License-Identifier: MIT
//
// The tiers of the culprit that look behind an instruction in Windows code. Inside the verdict
// room only.
#ifndef BT_VERDICT_CULPRIT_TIERS_H
#define BT_VERDICT_CULPRIT_TIERS_H

#include "verdict/bystanders.h"

// BT_ABSENT where the tier names nobody.
typedef enum bt_status bt_culprit_tier(const struct decision *d, struct bt_culprit *ret,
                                       struct bt_error *err);

// How sure an address inside a module makes us that the module did it.
enum bt_confidence bt_culprit_confidence(const struct bt_scene *scene, const char *module);

// What is to be said where a module of Windows is named: "; this is ...". Empty for others.
const char *bt_culprit_remark(const struct bt_scene *scene, const char *module);

// Adds maker and product of its module to a culprit, where the knowledge has them.
void bt_culprit_know(const struct bt_scene *scene, struct bt_culprit *culprit);

// A kernel stack that is used up: the third party with most frames on it.
bt_culprit_tier bt_culprit_from_used_stack;
// A routine that copies or compares for others: its caller.
bt_culprit_tier bt_culprit_from_helper;
// An address that is touched where a driver was that is no longer loaded: that driver left
// something behind.
bt_culprit_tier bt_culprit_from_freed_code;
// An instruction in the kernel: the third party that called it.
bt_culprit_tier bt_culprit_from_kernel_caller;

#endif
