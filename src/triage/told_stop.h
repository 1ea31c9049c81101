// SPDX-License-Identifier: MIT
//
// A stop that somebody tells, without a dump: the facts of a crash as far as they are told.
#ifndef BT_TRIAGE_TOLD_STOP_H
#define BT_TRIAGE_TOLD_STOP_H

#include <bugtriage/triage.h>

#include "base/arena.h"
#include "crash/crash.h"
#include "kb/kb.h"

// Fills `crash`, which is all zero; texts are copied into `arena`. BT_E_SYNTAX for a name that
// is not one of those that the question may hold.
enum bt_status bt_told_stop(const struct bt_kb *kb, const struct bt_stop_question *question,
                            struct bt_arena *arena, struct bt_crash *crash,
                            struct bt_error *err) BT_MUST_USE;

#endif
