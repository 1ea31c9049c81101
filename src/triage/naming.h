// SPDX-License-Identifier: MIT
//
// Names that a dump does not hold and the knowledge does: the product behind a build number,
// the vendor behind a file name.
#ifndef BT_TRIAGE_NAMING_H
#define BT_TRIAGE_NAMING_H

#include "base/arena.h"
#include "crash/crash.h"
#include "kb/kb.h"

// Fills what is missing of system.name, version and service_pack, and of each module's company.
enum bt_status bt_name_facts(const struct bt_kb *kb, struct bt_arena *arena,
                             struct bt_crash *crash, struct bt_error *err) BT_MUST_USE;

#endif
