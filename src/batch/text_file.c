// SPDX-License-Identifier: MIT
#include "batch/text_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#ifdef _WIN32
#include "batch/wide.h"
#else
#include <unistd.h>
#endif

enum { BUFFER = 256 * 1024 };

struct bt_text_file {
    gzFile file; // zlib hands plain files through
};

#ifdef _WIN32
static gzFile open_path(const char *path)
{
    wchar_t wide[BT_WIDE_PATH];
    if (strcmp(path, "-") == 0)
        return gzdopen(0, "rb");
    return bt_wide_path(path, wide) ? gzopen_w(wide, "rb") : NULL;
}
#else
static gzFile open_path(const char *path)
{
    if (strcmp(path, "-") != 0)
        return gzopen(path, "rbe");
    int fd = dup(STDIN_FILENO);
    gzFile file = fd >= 0 ? gzdopen(fd, "rb") : NULL;
    if (file == NULL && fd >= 0)
        close(fd);
    return file;
}
#endif

enum bt_status bt_text_file_open(const char *path, struct bt_text_file **ret,
                                 struct bt_error *err)
{
    errno = 0;
    gzFile gz = open_path(path);
    if (gz == NULL)
        return BT_FAIL_OS(err, errno, "cannot be opened");
    (void)gzbuffer(gz, BUFFER);
    struct bt_text_file *file = malloc(sizeof *file);
    if (file == NULL) {
        gzclose(gz);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    file->file = gz;
    *ret = file;
    return BT_OK;
}

void bt_text_file_close(struct bt_text_file *file)
{
    if (file == NULL)
        return;
    gzclose(file->file);
    free(file);
}

enum bt_status bt_text_file_read(struct bt_text_file *file, char *buf, size_t size, size_t *ret,
                                 struct bt_error *err)
{
    int code = Z_OK;
    int got = gzread(file->file, buf, (unsigned)size);
    if (got > 0) {
        *ret = (size_t)got;
        return BT_OK;
    }
    const char *message = gzerror(file->file, &code);
    if (code == Z_ERRNO)
        return BT_FAIL_OS(err, errno, "cannot be read");
    if (code == Z_BUF_ERROR)
        return BT_FAIL(err, BT_E_TRUNCATED, BT_NO_OFFSET,
                       "the end of the compressed data is missing");
    if (got < 0)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "compressed data: %s", message);
    return BT_ABSENT;
}

bool bt_text_file_is_compressed(const struct bt_text_file *file)
{
    return gzdirect(file->file) == 0;
}
