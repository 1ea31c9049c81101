// SPDX-License-Identifier: MIT
//
// The problem signature that Windows Error Reporting writes for a crashed program: what stands
// in event 1001, and with other words in event 1000, of that machine.
#ifndef BT_VERDICT_ERROR_EVENT_H
#define BT_VERDICT_ERROR_EVENT_H

#include "verdict/scene.h"

// Fills the event's name and its parameters, P1 first. BT_ABSENT where it cannot be told from a
// dump: no crash of a Windows program, .NET exceptions (their signature holds the method), code
// in no module (a hash of the stack), and damage of the heap before Windows 8 (likewise).
//   APPCRASH:   program, version, time stamp, module, version, time stamp, code, offset
//   BEX, BEX64: the same up to the second time stamp, then offset, code, data. For buffer
//               overruns (data: the fast-fail code) and execution of data (8).
enum bt_status bt_error_event_make(const struct bt_scene *scene, struct bt_signature *signature,
                                   struct bt_error *err) BT_MUST_USE;

#endif
