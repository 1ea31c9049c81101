// SPDX-License-Identifier: MIT
//
// KUSER_SHARED_DATA, the page that every process can read.
#ifndef BT_WINDOWS_SHARED_DATA_H
#define BT_WINDOWS_SHARED_DATA_H

#include "crash/crash.h"
#include "memory/memory.h"

// Adds to crash->system what is not known yet: product type, NT version, build, suites. Nothing
// happens where the page is not in the dump or holds something else.
void bt_shared_data_describe(const struct bt_memory *memory, struct bt_crash *crash);

#endif
