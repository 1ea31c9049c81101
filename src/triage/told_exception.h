// SPDX-License-Identifier: MIT
//
// The crash of a program of which there is no dump, only what a report tells.
#ifndef BT_TRIAGE_TOLD_EXCEPTION_H
#define BT_TRIAGE_TOLD_EXCEPTION_H

#include <bugtriage/triage.h>

#include "base/arena.h"
#include "crash/crash.h"

// Fills `crash` with the question; texts are copied. BT_E_SYNTAX for words that are unknown.
enum bt_status bt_told_exception(const struct bt_exception_question *question,
                                 struct bt_arena *arena, struct bt_crash *crash,
                                 struct bt_error *err) BT_MUST_USE;

#endif
