// SPDX-License-Identifier: MIT
//
// A build without the headers of libarchive: every archive is refused.
#include "io/archive.h"

static enum bt_status refuse(struct bt_error *err)
{
    return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                   "this build of bugtriage reads no archives: unpack it first");
}

enum bt_status bt_archive_open(struct bt_source *packed, struct bt_archive **ret,
                               struct bt_error *err)
{
    (void)packed;
    (void)ret;
    return refuse(err);
}

void bt_archive_close(struct bt_archive *archive)
{
    (void)archive;
}

enum bt_status bt_archive_next(struct bt_archive *archive, struct bt_archive_member *ret_member,
                               struct bt_source **ret, struct bt_error *err)
{
    (void)archive;
    (void)ret_member;
    (void)ret;
    return refuse(err);
}

bool bt_archive_is_locked(const struct bt_archive *archive)
{
    (void)archive;
    return false;
}

const char *bt_archive_kind(const struct bt_archive *archive)
{
    (void)archive;
    return "archive";
}
