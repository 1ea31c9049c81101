// SPDX-License-Identifier: MIT
#include "batch/inside.h"

#include <string.h>

#include "base/limits.h"

// What passing over a file costs: nothing where the archive can be read at any place.
static uint64_t cost_of(const struct bt_content *content)
{
    bool direct = content->container != NULL && (strcmp(content->container, "zip") == 0 ||
                                                 strcmp(content->container, "tar") == 0);
    return direct ? 0 : content->size;
}

static enum bt_status collect(struct bt_contents *contents, struct bt_inside *inside,
                              struct bt_error *err)
{
    struct bt_content content;
    uint64_t cost = 0;
    while (cost <= BT_LIMIT_ARCHIVE_AHEAD) {
        enum bt_status next = bt_contents_next(contents, &content, NULL);
        if (next == BT_ABSENT)
            return BT_OK;
        inside->steps += content.member != NULL;
        if (next != BT_OK || content.source == NULL || content.member == NULL)
            continue;
        cost += cost_of(&content);
        if (bt_is_side_file_name(content.member))
            BT_TRY(bt_side_files_add(inside->files, content.member, content.source, err));
    }
    inside->cut = true;
    return BT_OK;
}

enum bt_status bt_inside_collect(const char *path, struct bt_inside *ret, struct bt_error *err)
{
    struct bt_contents *contents;
    *ret = (struct bt_inside){0};
    BT_TRY(bt_side_files_new(&ret->files, err));
    if (bt_contents_open(path, &contents, NULL) != BT_OK)
        return BT_OK;
    enum bt_status status = collect(contents, ret, err);
    bt_contents_close(contents);
    return status;
}

void bt_inside_free(struct bt_inside *inside)
{
    bt_side_files_free(inside->files);
    *inside = (struct bt_inside){0};
}
