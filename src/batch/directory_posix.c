// SPDX-License-Identifier: MIT
#include "batch/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool bt_is_directory(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool bt_leads_out(const char *root, const char *path)
{
    char *real_root = realpath(root, NULL);
    char *real_path = realpath(path, NULL);
    size_t size = real_root != NULL ? strlen(real_root) : 0;
    // The root directory ends with a slash, all others do not.
    bool below = size != 0 && real_path != NULL && strncmp(real_path, real_root, size) == 0 &&
                 (real_root[size - 1] == '/' || real_path[size] == '/');
    free(real_root);
    free(real_path);
    return !below;
}

static enum bt_status add_entry(struct bt_directory *directory, int fd,
                                const struct dirent *entry, struct bt_error *err)
{
    struct stat info;
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return BT_OK;
#ifdef DT_REG // most file systems know without being asked again
    if (entry->d_type == DT_REG || entry->d_type == DT_DIR)
        return bt_directory_add(directory, name, entry->d_type == DT_DIR, false, err);
#endif
    if (fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT)
            return BT_OK; // removed since it was listed
        // A directory that may be listed and not entered: who opens the entry is told why not.
        bool is_directory = false;
#ifdef DT_DIR
        is_directory = entry->d_type == DT_DIR;
#endif
        return bt_directory_add(directory, name, is_directory, false, err);
    }
    if (S_ISDIR(info.st_mode))
        return bt_directory_add(directory, name, true, false, err);
    bool is_link = S_ISLNK(info.st_mode);
    if (is_link && (fstatat(fd, name, &info, 0) != 0 || S_ISDIR(info.st_mode)))
        return bt_directory_add(directory, name, true, true, err);
    return S_ISREG(info.st_mode) ? bt_directory_add(directory, name, false, is_link, err)
                                 : BT_OK;
}

enum bt_status bt_directory_read(const char *path, struct bt_directory *ret,
                                 struct bt_error *err)
{
    struct bt_directory directory = {0};
    enum bt_status status = BT_OK;
    DIR *stream = opendir(path);
    if (stream == NULL)
        return BT_FAIL_OS(err, errno, "cannot open the directory");
    while (status == BT_OK) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (entry == NULL && errno != 0)
            status = BT_FAIL_OS(err, errno, "cannot read the directory");
        if (entry == NULL)
            break;
        status = add_entry(&directory, dirfd(stream), entry, err);
    }
    closedir(stream);
    if (status == BT_OK)
        *ret = directory;
    else
        bt_directory_free(&directory);
    return status;
}
