// SPDX-License-Identifier: MIT
#include "batch/wide.h"

#include <windows.h>

bool bt_wide_path(const char *path, wchar_t ret[BT_WIDE_PATH])
{
    return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, ret, BT_WIDE_PATH) > 0;
}
