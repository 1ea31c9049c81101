// SPDX-License-Identifier: MIT
//
// The call that stopped the system. Dumps save the context of KeBugCheckEx; where that is so,
// its return address says who called.
#ifndef BT_VERDICT_BUGCHECK_CALL_H
#define BT_VERDICT_BUGCHECK_CALL_H

#include "verdict/scene.h"

// The return address of the call, where scene->context is that of KeBugCheckEx; false where it
// is not, does not tell, or where the kernel itself called.
bool bt_bugcheck_caller(const struct bt_scene *scene, bt_va *ret);

#endif
