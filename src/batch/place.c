// SPDX-License-Identifier: MIT
#include "batch/place.h"

#include "base/limits.h"
#include "base/text.h"
#include "report/redact.h"

// The last part of a path, without the names that its other parts tell.
static enum bt_status cut(const struct bt_redact_names *names, struct bt_arena *arena,
                          const char **path, struct bt_error *err)
{
    struct bt_buf text;
    bt_buf_init(&text, BT_LIMIT_REPORT);
    bt_redact_text(names, bt_basename(*path), &text);
    enum bt_status status = bt_buf_status(&text, err);
    if (status == BT_OK)
        status = bt_arena_text(arena, bt_buf_cstr(&text), text.size, path, err);
    bt_buf_fini(&text);
    return status;
}

enum bt_status bt_place_text(struct bt_arena *arena, bool redact, const char *member,
                             const char **path, struct bt_error *err)
{
    struct bt_redact_names names = {.count = 0};
    if (*path == NULL)
        return BT_OK;
    if (redact) {
        bt_redact_collect_path(&names, *path);
        bt_redact_collect_path(&names, member);
        BT_TRY(cut(&names, arena, path, err));
        if (member != NULL)
            BT_TRY(cut(&names, arena, &member, err));
    }
    if (member == NULL)
        return BT_OK;
    return bt_arena_printf(arena, path, err, "%s > %s", *path, member);
}
