// SPDX-License-Identifier: MIT
#include "io/feed.h"

#include <stdlib.h>
#include <string.h>

#include "io/source_impl.h"

struct input_feed {
    struct bt_feed feed;
    struct bt_file *file; // NULL: read `fd`
    int fd;
    uint64_t offset; // in `file`
    unsigned char ahead[BT_GZIP_MAGIC_SIZE];
    size_t ahead_size; // peeked bytes not yet handed out
};

static enum bt_status read_input(struct input_feed *in, void *buf, size_t size, size_t *ret,
                                 struct bt_error *err)
{
    if (in->file == NULL)
        return bt_stream_read(in->fd, buf, size, ret, err);
    BT_TRY(bt_file_read(in->file, in->offset, buf, size, ret, err));
    in->offset += *ret;
    return BT_OK;
}

static enum bt_status input_read(struct bt_feed *self, void *buf, size_t size, size_t *ret,
                                 struct bt_error *err)
{
    struct input_feed *in = (struct input_feed *)self;
    if (in->ahead_size == 0 || size == 0)
        return read_input(in, buf, size, ret, err);
    size_t count = size < in->ahead_size ? size : in->ahead_size;
    memcpy(buf, in->ahead, count);
    in->ahead_size -= count;
    memmove(in->ahead, in->ahead + count, in->ahead_size);
    *ret = count;
    return BT_OK;
}

static void input_close(struct bt_feed *self)
{
    struct input_feed *in = (struct input_feed *)self;
    bt_file_close(in->file);
    free(in);
}

static enum bt_status new_input(struct bt_file *file, int fd, struct bt_feed **ret,
                                struct bt_error *err)
{
    struct input_feed *in = calloc(1, sizeof *in);
    if (in == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    in->feed = (struct bt_feed){.read = input_read, .close = input_close};
    in->file = file;
    in->fd = fd;
    *ret = &in->feed;
    return BT_OK;
}

enum bt_status bt_feed_file(struct bt_file *file, struct bt_feed **ret, struct bt_error *err)
{
    return new_input(file, -1, ret, err);
}

enum bt_status bt_feed_stream(int fd, struct bt_feed **ret, struct bt_error *err)
{
    return new_input(NULL, fd, ret, err);
}

// ---- a source, read forward

struct source_feed {
    struct bt_feed feed;
    struct bt_source *source; // borrowed
    uint64_t offset;
};

static enum bt_status read_source(struct bt_feed *self, void *buf, size_t size, size_t *ret,
                                  struct bt_error *err)
{
    struct source_feed *in = (struct source_feed *)self;
    uint64_t there = 0;
    BT_TRY(in->source->ops->available(in->source, in->offset, size, &there, err));
    if (there == 0 && bt_source_damage(in->source) != NULL)
        return BT_FAIL(err, BT_E_CORRUPT, in->offset, "%s", bt_source_damage(in->source));
    BT_TRY(in->source->ops->read(in->source, in->offset, buf, (size_t)there, err));
    in->offset += there;
    *ret = (size_t)there;
    return BT_OK;
}

static void close_source(struct bt_feed *self)
{
    free(self);
}

enum bt_status bt_feed_source(struct bt_source *source, struct bt_feed **ret,
                              struct bt_error *err)
{
    struct source_feed *in = calloc(1, sizeof *in);
    if (in == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    in->feed = (struct bt_feed){.read = read_source, .close = close_source};
    in->source = source;
    *ret = &in->feed;
    return BT_OK;
}

void bt_feed_close(struct bt_feed *feed)
{
    if (feed != NULL)
        feed->close(feed);
}

bool bt_is_gzip(const unsigned char *head, size_t size)
{
    // RFC 1952: magic, then compression method 8 (deflate), the only one there is.
    return size >= BT_GZIP_MAGIC_SIZE && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8;
}

enum bt_status bt_feed_peek(struct bt_feed *feed, unsigned char ret[BT_GZIP_MAGIC_SIZE],
                            size_t *ret_size, struct bt_error *err)
{
    struct input_feed *in = (struct input_feed *)feed;
    while (in->ahead_size < sizeof in->ahead) {
        size_t got;
        BT_TRY(read_input(in, in->ahead + in->ahead_size, sizeof in->ahead - in->ahead_size,
                          &got, err));
        if (got == 0)
            break;
        in->ahead_size += got;
    }
    memcpy(ret, in->ahead, in->ahead_size);
    *ret_size = in->ahead_size;
    return BT_OK;
}
