// SPDX-License-Identifier: MIT
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/wide.h"

enum bt_status bt_output_open(const char *path, struct bt_output *ret, struct bt_error *err)
{
    wchar_t wide[BT_WIDE_PATH];
    if (path == NULL || strcmp(path, "-") == 0) {
        *ret = (struct bt_output){.fd = _fileno(stdout)};
        _setmode(ret->fd, _O_BINARY); // the same bytes on every system
        return BT_OK;
    }
    if (!bt_wide_path(path, wide))
        return BT_FAIL(err, BT_E_IO, BT_NO_OFFSET, "the path is too long or no valid UTF-8");
    int fd = _wopen(wide, _O_WRONLY | _O_CREAT | _O_TRUNC | _O_BINARY, _S_IREAD | _S_IWRITE);
    if (fd < 0)
        return BT_FAIL_OS(err, errno, "cannot open for writing");
    *ret = (struct bt_output){.fd = fd, .owned = true};
    return BT_OK;
}

enum bt_status bt_output_write(struct bt_output *output, const void *data, size_t size,
                               struct bt_error *err)
{
    const char *at = data;
    while (size != 0) {
        unsigned part = size < INT_MAX ? (unsigned)size : INT_MAX;
        int written = _write(output->fd, at, part);
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

enum bt_status bt_output_close(struct bt_output *output, struct bt_error *err)
{
    if (output->owned && _close(output->fd) != 0)
        return BT_FAIL_OS(err, errno, "cannot write");
    return BT_OK;
}
