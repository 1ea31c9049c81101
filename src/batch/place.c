// SPDX-License-Identifier: MIT
#include "batch/place.h"

#include "base/text.h"

enum bt_status bt_place_text(struct bt_arena *arena, bool redact, const char *member,
                             const char **path, struct bt_error *err)
{
    if (*path == NULL)
        return BT_OK;
    if (redact)
        *path = bt_basename(*path);
    if (member == NULL)
        return BT_OK;
    return bt_arena_printf(arena, path, err, "%s > %s", *path,
                           redact ? bt_basename(member) : member);
}
