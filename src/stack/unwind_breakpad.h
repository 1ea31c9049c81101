// SPDX-License-Identifier: MIT
#ifndef BT_STACK_UNWIND_BREAKPAD_H
#define BT_STACK_UNWIND_BREAKPAD_H

#include "stack/unwind.h"
#include "symbols/breakpad_rules.h"

// One step up by the rules of a Breakpad symbol file (see unwind.h). Registers without a rule
// keep their value where the convention has functions keep them.
enum bt_status bt_unwind_breakpad(const struct bt_memory *memory,
                                  const struct bt_unwind_rules *rules,
                                  struct bt_unwind_frame *frame,
                                  struct bt_error *err) BT_MUST_USE;

#endif
