// SPDX-License-Identifier: MIT
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int bt_output_standard(void)
{
    return STDOUT_FILENO;
}

// Whether `fd` is still the file that has that name: another run may have put it in its place.
static bool has_name(int fd, const char *path)
{
    struct stat mine, named;
    return fstat(fd, &mine) == 0 && stat(path, &named) == 0 && mine.st_dev == named.st_dev &&
           mine.st_ino == named.st_ino;
}

// Two runs in one file would write over each other. The lock goes with the process, however it
// ends; a file system that knows no locks has none.
static enum bt_status lock_file(int fd, struct bt_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        return BT_OK;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return BT_FAIL(err, BT_E_IO, BT_NO_OFFSET, "is being written by another run");
    return BT_OK;
}

static enum bt_status open_locked(const char *path, int *ret, struct bt_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return BT_FAIL_OS(err, errno, "cannot open for writing");
    enum bt_status status = lock_file(fd, err);
    if (status == BT_OK)
        *ret = fd;
    else
        close(fd);
    return status;
}

enum bt_status bt_output_create(const char *path, bool empty, int *ret, struct bt_error *err)
{
    enum { TRIES = 16 };
    int fd;
    BT_TRY(open_locked(path, &fd, err));
    for (int i = 0; i < TRIES && !has_name(fd, path); i++) {
        close(fd);
        BT_TRY(open_locked(path, &fd, err));
    }
    // Devices and pipes cannot be cut, and need not be.
    if (empty && ftruncate(fd, 0) != 0 && errno != EINVAL) {
        int reason = errno;
        close(fd);
        return BT_FAIL_OS(err, reason, "cannot open for writing");
    }
    *ret = fd;
    return BT_OK;
}

enum bt_status bt_output_cut(int fd, uint64_t size, struct bt_error *err)
{
    if (ftruncate(fd, (off_t)size) != 0 || lseek(fd, (off_t)size, SEEK_SET) < 0)
        return BT_FAIL_OS(err, errno, "cannot be continued");
    return BT_OK;
}

enum bt_status bt_output_put(int fd, const void *data, size_t size, struct bt_error *err)
{
    const char *at = data;
    while (size != 0) {
        ssize_t written = write(fd, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EPIPE)
            return BT_ABSENT;
        if (written < 0)
            return BT_FAIL_OS(err, errno, "cannot write");
        at += written;
        size -= (size_t)written;
    }
    return BT_OK;
}

enum bt_status bt_output_finish(int fd, struct bt_error *err)
{
    // Devices and pipes cannot be synced, and need not be.
    int synced = fsync(fd);
    int reason = errno;
    if (synced == 0 || reason == EINVAL || reason == ENOTSUP || reason == EROFS)
        synced = 0;
    int closed = close(fd);
    if (closed != 0)
        reason = errno;
    return synced == 0 && closed == 0 ? BT_OK : BT_FAIL_OS(err, reason, "cannot write");
}

void bt_output_abandon(int fd)
{
    close(fd);
}

enum bt_status bt_output_rename(const char *from, const char *to, struct bt_error *err)
{
    return rename(from, to) == 0 ? BT_OK : BT_FAIL_OS(err, errno, "cannot be put in place");
}

void bt_output_remove(const char *path)
{
    (void)unlink(path);
}

bool bt_output_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

// A link stays a link: what it leads to is written.
bool bt_output_is_replaceable(const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0)
        return errno == ENOENT;
    return S_ISREG(info.st_mode);
}
