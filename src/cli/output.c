// SPDX-License-Identifier: MIT
#include "cli/output.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/compressor.h"
#include "cli/messages.h"
#include "dump/dump.h"
#include "io/source.h"

static const char PART[] = ".part";

static bool holds_dump(const char *path)
{
    struct bt_source *source;
    unsigned char head[512];
    if (!bt_output_is_replaceable(path) || bt_source_open_packed(path, &source, NULL) != BT_OK)
        return false;
    bool ret = bt_source_has(source, 0, sizeof head) &&
               bt_source_read(source, 0, head, sizeof head, NULL) == BT_OK &&
               bt_dump_is_one((struct bt_span){.data = head, .size = sizeof head});
    bt_source_close(source);
    return ret;
}

// A name that promises what the file would not be.
static bool is_otherwise_compressed(const char *path)
{
    static const char *const ends[] = {".zst", ".xz", ".bz2", ".lz4", ".zip", ".7z"};
    for (size_t i = 0; i < BT_COUNT(ends); i++) {
        if (bt_iends_with(path, ends[i]))
            return true;
    }
    return false;
}

const char *bt_output_refuse(const char *path, char *const *inputs, size_t count)
{
    if (path == NULL || strcmp(path, "-") == 0)
        return NULL;
    if (is_otherwise_compressed(path))
        return "cannot be written: of compressed files only those of gzip can, FILE.gz";
    for (size_t i = 0; i < count; i++) {
        if (strcmp(path, inputs[i]) == 0 && bt_output_exists(path) &&
            bt_output_is_replaceable(path))
            return "is an input: name another file for the output";
    }
    return holds_dump(path) ? "is a crash dump: name another file for the output" : NULL;
}

char *bt_output_part_name(const char *path)
{
    size_t size = strlen(path);
    char *part = malloc(size + sizeof PART);
    if (part == NULL)
        return NULL;
    memcpy(part, path, size);
    memcpy(&part[size], PART, sizeof PART);
    return part;
}

bool bt_output_is_compressed(const char *path)
{
    return bt_iends_with(path, ".gz");
}

static void forget(struct bt_output *output)
{
    free(output->path);
    free(output->part);
    bt_compressor_free(output->compressor);
    *output = (struct bt_output){.fd = -1};
}

// The names of a file that is put in its place at the end.
static enum bt_status choose_names(const char *path, struct bt_output *output,
                                   struct bt_error *err)
{
    if (!bt_output_is_replaceable(path))
        return BT_OK;
    output->path = strdup(path);
    output->part = bt_output_part_name(path);
    if (output->path == NULL || output->part == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    return BT_OK;
}

static enum bt_status open_file(const char *path, struct bt_output *output,
                                struct bt_error *err)
{
    BT_TRY(choose_names(path, output, err));
    if (bt_output_is_compressed(path))
        BT_TRY(bt_compressor_new(&output->compressor, err));
    BT_TRY(
        bt_output_create(output->part != NULL ? output->part : path, true, &output->fd, err));
    output->owned = true;
    return BT_OK;
}

enum bt_status bt_output_open(const char *path, struct bt_output *ret, struct bt_error *err)
{
    struct bt_output output = {.fd = -1};
    enum bt_status status = BT_OK;
    if (path == NULL || strcmp(path, "-") == 0)
        output.fd = bt_output_standard();
    else
        status = open_file(path, &output, err);
    if (status == BT_OK)
        *ret = output;
    else
        forget(&output);
    return status;
}

static enum bt_status continue_file(const char *path, uint64_t keep, struct bt_output *output,
                                    struct bt_error *err)
{
    BT_TRY(choose_names(path, output, err));
    if (output->part == NULL)
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "is no file that can be continued");
    BT_TRY(bt_output_create(output->part, false, &output->fd, err));
    output->owned = true;
    return bt_output_cut(output->fd, keep, err);
}

enum bt_status bt_output_continue(const char *path, uint64_t keep, struct bt_output *ret,
                                  struct bt_error *err)
{
    struct bt_output output = {.fd = -1};
    enum bt_status status = continue_file(path, keep, &output, err);
    if (status == BT_OK) {
        *ret = output;
        return BT_OK;
    }
    if (output.fd >= 0)
        bt_output_abandon(output.fd);
    forget(&output);
    return status;
}

// Compressed data goes out as it gets ready, a piece of its own for each piece that fills it.
static enum bt_status write_compressed(struct bt_output *output, const void *data, size_t size,
                                       bool end, struct bt_error *err)
{
    struct bt_buf ready;
    bt_buf_init(&ready, BT_LIMIT_REPORT + (1 << 20));
    enum bt_status status = bt_compressor_add(output->compressor, data, size, end, &ready, err);
    if (status == BT_OK)
        status = bt_output_put(output->fd, bt_buf_cstr(&ready), ready.size, err);
    bt_buf_fini(&ready);
    return status;
}

enum bt_status bt_output_write(struct bt_output *output, const void *data, size_t size,
                               struct bt_error *err)
{
    if (output->compressor != NULL)
        return write_compressed(output, data, size, false, err);
    return bt_output_put(output->fd, data, size, err);
}

static enum bt_status finish(struct bt_output *output, enum bt_output_end end,
                             struct bt_error *err)
{
    if (output->compressor != NULL && end != BT_OUTPUT_REMOVE)
        BT_TRY(write_compressed(output, "", 0, true, err));
    int fd = output->fd;
    output->fd = -1;
    BT_TRY(bt_output_finish(fd, err));
    if (output->part == NULL || end == BT_OUTPUT_KEEP_PART)
        return BT_OK;
    if (end == BT_OUTPUT_WHOLE)
        return bt_output_rename(output->part, output->path, err);
    bt_output_remove(output->part);
    return BT_OK;
}

enum bt_status bt_output_close(struct bt_output *output, enum bt_output_end end,
                               struct bt_error *err)
{
    enum bt_status status = output->owned ? finish(output, end, err) : BT_OK;
    if (output->owned && output->fd >= 0)
        bt_output_abandon(output->fd);
    forget(output);
    return status;
}

int bt_print(const char *format, ...)
{
    struct bt_output output;
    struct bt_error err;
    struct bt_buf text;
    va_list args;
    bt_buf_init(&text, BT_LIMIT_REPORT);
    va_start(args, format);
    bt_buf_vprintf(&text, format, args);
    va_end(args);
    enum bt_status status = bt_buf_status(&text, &err);
    if (status == BT_OK)
        status = bt_output_open(NULL, &output, &err);
    if (status == BT_OK)
        status = bt_output_write(&output, bt_buf_cstr(&text), text.size, &err);
    bt_buf_fini(&text);
    if (status == BT_OK || status == BT_ABSENT) // the reader of a pipe may go
        return BT_EXIT_OK;
    bt_message_about("standard output", err.message);
    return BT_EXIT_OUTPUT;
}
