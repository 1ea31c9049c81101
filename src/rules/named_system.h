// SPDX-License-Identifier: MIT
//
// A system that is named in the notation of articles, "2003 SP1 x86", as facts of a crash.
#ifndef BT_RULES_NAMED_SYSTEM_H
#define BT_RULES_NAMED_SYSTEM_H

#include "crash/crash.h"
#include "kb/article.h"

// Sets what the notation tells. Where it means several builds, `guess` takes the oldest;
// without it the build stays as it is.
void bt_named_system_apply(const struct bt_kb *kb, const struct bt_kb_system *named, bool guess,
                           struct bt_system *system);

#endif
