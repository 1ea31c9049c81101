// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <errno.h>

#include "io/folder.h"

enum bt_status bt_folder_list(const char *path, bool (*add)(void *self, const char *name),
                              void *self, struct bt_error *err)
{
    DIR *dir = opendir(path);
    if (dir == NULL && (errno == ENOENT || errno == ENOTDIR))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "is no folder");
    if (dir == NULL)
        return BT_FAIL_OS(err, errno, "cannot be listed");
    bool more = true;
    int failure = 0;
    while (more) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        failure = errno;
        more = entry != NULL && add(self, entry->d_name);
    }
    closedir(dir);
    if (failure != 0)
        return BT_FAIL_OS(err, failure, "cannot be listed to its end");
    return BT_OK;
}
