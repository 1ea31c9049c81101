// SPDX-License-Identifier: MIT
//
// The faulting instruction in words, with the values of the registers it used.
#ifndef BT_VERDICT_INSTRUCTION_H
#define BT_VERDICT_INSTRUCTION_H

#include "verdict/fault.h"
#include "verdict/scene.h"

// Lines for the report: the instruction, then the registers it used, where they are known.
// Nothing (BT_OK, count 0) where its bytes are not in the dump or no decoder is at hand.
enum bt_status bt_instruction_describe(const struct bt_scene *scene,
                                       const struct bt_fault *fault, const char ***ret,
                                       size_t *ret_count, struct bt_error *err) BT_MUST_USE;

#endif
