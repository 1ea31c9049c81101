// SPDX-License-Identifier: MIT
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

// One call moves no more than this; Linux stops a little below 2 GiB.
enum { LARGEST_TRANSFER = 1 << 30 };

struct bt_file {
    int fd;
    bool borrowed;
    uint64_t size;
};

static enum bt_status new_file(int fd, bool borrowed, uint64_t size, struct bt_file **ret,
                               struct bt_error *err)
{
    struct bt_file *file = calloc(1, sizeof *file);
    if (file == NULL) {
        if (!borrowed)
            close(fd);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    *file = (struct bt_file){.fd = fd, .borrowed = borrowed, .size = size};
    *ret = file;
    return BT_OK;
}

static enum bt_status check_is_regular(const struct stat *st, struct bt_error *err)
{
    const char *what;
    if (S_ISREG(st->st_mode))
        return BT_OK;
    if (S_ISDIR(st->st_mode))
        what = "is a directory, not a dump";
    else if (S_ISFIFO(st->st_mode))
        what = "is a FIFO: pipe its content to standard input instead";
    else if (S_ISCHR(st->st_mode))
        what = "is a character device, not a dump";
    else if (S_ISBLK(st->st_mode))
        what = "is a block device: copy the dump to a file first";
    else if (S_ISSOCK(st->st_mode))
        what = "is a socket, not a dump";
    else
        what = "is not a regular file";
    return BT_FAIL(err, BT_E_IO, BT_NO_OFFSET, "%s", what);
}

// A directory is no dump; where nobody lets us look into it, that is what matters.
static enum bt_status refuse_directory(const char *path, const struct stat *st,
                                       struct bt_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return BT_FAIL_OS(err, errno, "the directory cannot be opened");
    close(fd);
    return check_is_regular(st, err);
}

enum bt_status bt_file_open(const char *path, struct bt_file **ret, struct bt_error *err)
{
    // Looked at before it is opened, because opening some devices has effects, and again
    // after, because the path may have come to mean something else.
    struct stat st;
    if (stat(path, &st) != 0)
        return BT_FAIL_OS(err, errno, "cannot be opened");
    if (S_ISDIR(st.st_mode))
        return refuse_directory(path, &st, err);
    BT_TRY(check_is_regular(&st, err));
    return bt_file_open_listed(path, ret, err);
}

enum bt_status bt_file_open_listed(const char *path, struct bt_file **ret, struct bt_error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return BT_FAIL_OS(err, errno, "cannot be opened");
    enum bt_status status = BT_OK;
    if (fstat(fd, &st) != 0)
        status = BT_FAIL_OS(err, errno, "cannot be examined");
    else
        status = check_is_regular(&st, err);
    if (status != BT_OK) {
        close(fd);
        return status;
    }
    return new_file(fd, false, (uint64_t)st.st_size, ret, err);
}

enum bt_status bt_file_borrow(int fd, struct bt_file **ret, struct bt_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return BT_FAIL_OS(err, errno, "cannot be examined");
    if (S_ISDIR(st.st_mode))
        return check_is_regular(&st, err);
    if (!S_ISREG(st.st_mode) || lseek(fd, 0, SEEK_CUR) != 0)
        return BT_ABSENT;
    return new_file(fd, true, (uint64_t)st.st_size, ret, err);
}

static int open_unnamed(const char *folder)
{
#ifdef O_TMPFILE
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
#endif
    // File systems without O_TMPFILE (NFS, FUSE): a name that lives for a moment.
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/bugtriage-XXXXXX", folder);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int named = mkstemp(path);
    if (named >= 0) {
        unlink(path);
        fcntl(named, F_SETFD, FD_CLOEXEC);
    }
    return named;
}

enum bt_status bt_file_temporary(struct bt_file **ret, struct bt_error *err)
{
    const char *folder = getenv("TMPDIR");
    if (folder == NULL || folder[0] == '\0')
        folder = "/tmp";
    int fd = open_unnamed(folder);
    if (fd < 0)
        return BT_FAIL_OS(err, errno, "no temporary file can be made in %s", folder);
    return new_file(fd, false, 0, ret, err);
}

uint64_t bt_file_space(const struct bt_file *file)
{
    struct statvfs info;
    if (fstatvfs(file->fd, &info) != 0 || info.f_frsize == 0 ||
        info.f_bavail > UINT64_MAX / info.f_frsize)
        return UINT64_MAX;
    return (uint64_t)info.f_bavail * info.f_frsize;
}

void bt_file_close(struct bt_file *file)
{
    if (file == NULL)
        return;
    if (!file->borrowed)
        close(file->fd);
    free(file);
}

uint64_t bt_file_size(const struct bt_file *file)
{
    return file->size;
}

enum bt_status bt_file_read(struct bt_file *file, uint64_t offset, void *buf, size_t size,
                            size_t *ret, struct bt_error *err)
{
    size_t done = 0;
    while (done < size) {
        if (offset > (uint64_t)INT64_MAX - done)
            break;
        size_t part = size - done < LARGEST_TRANSFER ? size - done : (size_t)LARGEST_TRANSFER;
        ssize_t got = pread(file->fd, (char *)buf + done, part, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return BT_FAIL_OS(err, errno, "cannot be read");
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *ret = done;
    return BT_OK;
}

enum bt_status bt_file_write(struct bt_file *file, uint64_t offset, const void *data,
                             size_t size, struct bt_error *err)
{
    size_t done = 0;
    while (done < size) {
        ssize_t put =
            pwrite(file->fd, (const char *)data + done, size - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return BT_FAIL_OS(err, errno, "the temporary file cannot be written");
        done += (size_t)put;
    }
    return BT_OK;
}

enum bt_status bt_stream_read(int fd, void *buf, size_t size, size_t *ret, struct bt_error *err)
{
    for (;;) {
        ssize_t got = read(fd, buf, size);
        if (got >= 0) {
            *ret = (size_t)got;
            return BT_OK;
        }
        if (errno != EINTR)
            return BT_FAIL_OS(err, errno, "cannot be read");
    }
}
