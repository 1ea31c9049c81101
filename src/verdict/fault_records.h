// SPDX-License-Identifier: MIT
//
// Records of what a processor was doing, read from the memory of a dump: contexts, trap frames,
// task states, exception records.
#ifndef BT_VERDICT_FAULT_RECORDS_H
#define BT_VERDICT_FAULT_RECORDS_H

#include "verdict/scene.h"

// Each is false where the bytes are not in the dump or are no such record. scene->memory must
// be there.
bool bt_fault_context(const struct bt_scene *scene, bt_va va, struct bt_registers *ret);
bool bt_fault_trap_frame(const struct bt_scene *scene, bt_va va, struct bt_registers *ret);
// The x86 task state segment: a double fault switches tasks, and the processor writes the
// registers of the task that failed into its segment.
bool bt_fault_task_state(const struct bt_scene *scene, bt_va va, struct bt_registers *ret);
bool bt_fault_exception_record(const struct bt_scene *scene, bt_va va,
                               struct bt_exception *ret);

// A trap frame or context record of the instruction `ip` somewhere on the stack that the dump
// holds. `ret_what` becomes a literal: "trap frame on the stack".
bool bt_fault_record_on_stack(const struct bt_scene *scene, bt_va ip, struct bt_registers *ret,
                              const char **ret_what);

#endif
