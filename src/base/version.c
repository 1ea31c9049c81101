// SPDX-License-Identifier: MIT
#include <bugtriage/version.h>

const char *bt_version(void)
{
    return BUGTRIAGE_VERSION;
}
