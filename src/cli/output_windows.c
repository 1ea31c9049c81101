// SPDX-License-Identifier: MIT
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <share.h>
#include <stdio.h>
#include <sys/stat.h>
#include <windows.h>

#include "batch/wide.h"

int bt_output_standard(void)
{
    int fd = _fileno(stdout);
    _setmode(fd, _O_BINARY); // the same bytes on every system
    return fd;
}

enum bt_status bt_output_create(const char *path, bool empty, int *ret, struct bt_error *err)
{
    wchar_t wide[BT_WIDE_PATH];
    if (!bt_wide_path(path, wide))
        return BT_FAIL(err, BT_E_IO, BT_NO_OFFSET, "the path is too long or no valid UTF-8");
    int fd = _wsopen(wide, _O_WRONLY | _O_CREAT | _O_BINARY | (empty ? _O_TRUNC : 0),
                     _SH_DENYWR, _S_IREAD | _S_IWRITE);
    if (fd < 0)
        return BT_FAIL_OS(err, errno, "cannot open for writing");
    *ret = fd;
    return BT_OK;
}

enum bt_status bt_output_cut(int fd, uint64_t size, struct bt_error *err)
{
    if (_chsize_s(fd, (int64_t)size) != 0 || _lseeki64(fd, (int64_t)size, SEEK_SET) < 0)
        return BT_FAIL_OS(err, errno, "cannot be continued");
    return BT_OK;
}

enum bt_status bt_output_put(int fd, const void *data, size_t size, struct bt_error *err)
{
    const char *at = data;
    while (size != 0) {
        unsigned part = size < INT_MAX ? (unsigned)size : INT_MAX;
        int written = _write(fd, at, part);
        // The C library of Windows reports a closed pipe as EPIPE or as EINVAL.
        if (written < 0 && (errno == EPIPE || errno == EINVAL))
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
    return _close(fd) == 0 ? BT_OK : BT_FAIL_OS(err, errno, "cannot write");
}

void bt_output_abandon(int fd)
{
    _close(fd);
}

enum bt_status bt_output_rename(const char *from, const char *to, struct bt_error *err)
{
    wchar_t wide_from[BT_WIDE_PATH], wide_to[BT_WIDE_PATH];
    if (!bt_wide_path(from, wide_from) || !bt_wide_path(to, wide_to) ||
        !MoveFileExW(wide_from, wide_to, MOVEFILE_REPLACE_EXISTING))
        return BT_FAIL(err, BT_E_IO, BT_NO_OFFSET, "cannot be put in place (error %u)",
                       (unsigned)GetLastError());
    return BT_OK;
}

void bt_output_remove(const char *path)
{
    wchar_t wide[BT_WIDE_PATH];
    if (bt_wide_path(path, wide))
        (void)DeleteFileW(wide);
}

bool bt_output_exists(const char *path)
{
    wchar_t wide[BT_WIDE_PATH];
    return bt_wide_path(path, wide) && GetFileAttributesW(wide) != INVALID_FILE_ATTRIBUTES;
}

bool bt_output_is_replaceable(const char *path)
{
    static const DWORD others = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE;
    wchar_t wide[BT_WIDE_PATH];
    DWORD attributes = bt_wide_path(path, wide) ? GetFileAttributesW(wide) : others;
    return attributes == INVALID_FILE_ATTRIBUTES || (attributes & others) == 0;
}
