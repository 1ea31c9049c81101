// SPDX-License-Identifier: MIT
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum bt_status bt_output_open(const char *path, struct bt_output *ret, struct bt_error *err)
{
    if (path == NULL || strcmp(path, "-") == 0) {
        *ret = (struct bt_output){.fd = STDOUT_FILENO};
        return BT_OK;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
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
        ssize_t written = write(output->fd, at, size);
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

enum bt_status bt_output_close(struct bt_output *output, struct bt_error *err)
{
    if (output->owned && close(output->fd) != 0)
        return BT_FAIL_OS(err, errno, "cannot write");
    return BT_OK;
}
