// SPDX-License-Identifier: MIT
//
// Which modules of a process belong to the operating system, and so are not to be blamed for
// being where a program's mistake comes to light.
#ifndef BT_VERDICT_SYSTEM_MODULES_H
#define BT_VERDICT_SYSTEM_MODULES_H

#include "crash/crash.h"

// Judged by where the file lies (the system's folders) and, where a writer left only names, by
// the names of C libraries and loaders.
bool bt_is_system_module(enum bt_platform platform, const struct bt_module *module);

#endif
