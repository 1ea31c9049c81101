// SPDX-License-Identifier: MIT
//
// Paths on Windows: UTF-8 inside the program, UTF-16 towards the system.
#ifndef BT_BATCH_WIDE_H
#define BT_BATCH_WIDE_H

#include <stdbool.h>
#include <wchar.h>

enum { BT_WIDE_PATH = 4096 };

// False where the path is too long or no valid UTF-8.
bool bt_wide_path(const char *path, wchar_t ret[BT_WIDE_PATH]);

#endif
