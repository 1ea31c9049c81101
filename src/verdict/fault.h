// SPDX-License-Identifier: MIT
//
// Where it happened. The context in a kernel dump's header is mostly that of the call to
// KeBugCheckEx; the fault itself is in a context record, a trap frame or an exception record
// that a parameter points to, or that lies on the stack.
#ifndef BT_VERDICT_FAULT_H
#define BT_VERDICT_FAULT_H

#include "verdict/scene.h"

struct bt_fault {
    bool has_ip;
    bt_va ip;                   // the faulting instruction
    unsigned parameter;         // 1 to 4: the parameter that names `ip`; 0: the registers do
    bt_va routine;              // code that a parameter names for another reason; 0: none
    unsigned routine_parameter; // 1 to 4: which
    bool has_registers;
    struct bt_registers registers; // at the fault
    const char *where;             // "context record (parameter 4)", "trap frame on the stack"
    bool has_caller;
    bt_va caller; // who called KeBugCheckEx, where the header's context shows the call
};

// Also fills crash->exception with the inner exception of a stop, where there is one. Nothing
// found is BT_OK with empty fields.
enum bt_status bt_fault_find(const struct bt_scene *scene, struct bt_fault *ret,
                             struct bt_error *err) BT_MUST_USE;

#endif
