// SPDX-License-Identifier: MIT
//
// Which modules of a process belong to the operating system, and so are not to be blamed for
// being where a program's mistake comes to light.
#ifndef BT_VERDICT_SYSTEM_MODULES_H
#define BT_VERDICT_SYSTEM_MODULES_H

#include "crash/crash.h"
#include "kb/kb.h"

// Judged by where the file lies (the system's folders) and, where a writer left only names, by
// the names of C libraries and loaders.
bool bt_is_system_module(const struct bt_kb *kb, enum bt_platform platform,
                         const struct bt_module *module);

// Whether a kernel module is a copy of a driver that Windows makes for crash dumps or
// hibernation: "dump_storport.sys".
bool bt_is_system_copy(const struct bt_kb *kb, const char *name);

#endif
