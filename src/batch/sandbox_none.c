// SPDX-License-Identifier: MIT
#include "batch/sandbox.h"

#include <stdio.h>

enum bt_status bt_sandbox_enter(const struct bt_sandbox *sandbox, struct bt_error *err)
{
    (void)sandbox;
    (void)err;
    return BT_OK;
}

const char *bt_sandbox_describe(char *buf, size_t size)
{
    snprintf(buf, size, "none");
    return buf;
}
