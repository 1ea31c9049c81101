// SPDX-License-Identifier: MIT
#include "io/source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "io/feed.h"
#include "io/file.h"
#include "io/read_ahead.h"
#include "io/source_impl.h"
#include "io/spool.h"

// ---- bytes in memory

struct memory_source {
    struct bt_source source;
    struct bt_span bytes;
};

static uint64_t part_inside(uint64_t size, uint64_t offset, uint64_t length)
{
    uint64_t there = offset < size ? size - offset : 0;
    return there < length ? there : length;
}

static enum bt_status memory_available(struct bt_source *self, uint64_t offset, uint64_t length,
                                       uint64_t *ret, struct bt_error *err)
{
    (void)err;
    *ret = part_inside(((struct memory_source *)self)->bytes.size, offset, length);
    return BT_OK;
}

static enum bt_status memory_read(struct bt_source *self, uint64_t offset, void *buf,
                                  size_t size, struct bt_error *err)
{
    struct bt_span part;
    BT_TRY(bt_span_sub(((struct memory_source *)self)->bytes, offset, size, &part, err));
    if (size != 0)
        memcpy(buf, part.data, size);
    return BT_OK;
}

static void memory_close(struct bt_source *self)
{
    free(self);
}

static const struct bt_source_ops memory_ops = {
    .available = memory_available, .read = memory_read, .close = memory_close};

enum bt_status bt_source_open_memory(struct bt_span bytes, struct bt_source **ret,
                                     struct bt_error *err)
{
    struct memory_source *m = calloc(1, sizeof *m);
    if (m == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    m->source = (struct bt_source){.ops = &memory_ops, .file_size = bytes.size, .direct = true};
    m->bytes = bytes;
    *ret = &m->source;
    return BT_OK;
}

// ---- a file, read in place

struct file_source {
    struct bt_source source;
    struct bt_file *file;
    struct bt_read_ahead *ahead;
};

static enum bt_status file_available(struct bt_source *self, uint64_t offset, uint64_t length,
                                     uint64_t *ret, struct bt_error *err)
{
    (void)err;
    *ret = part_inside(self->file_size, offset, length);
    return BT_OK;
}

static enum bt_status file_read(struct bt_source *self, uint64_t offset, void *buf, size_t size,
                                struct bt_error *err)
{
    size_t got = 0;
    BT_TRY(
        bt_read_ahead_read(((struct file_source *)self)->ahead, offset, buf, size, &got, err));
    if (got != size)
        return BT_FAIL(err, BT_E_TRUNCATED, offset + got, "the file shrank while it was read");
    if (self->watch != NULL)
        self->watch->moved(self->watch, offset + got);
    return BT_OK;
}

static void file_close(struct bt_source *self)
{
    struct file_source *f = (struct file_source *)self;
    bt_read_ahead_free(f->ahead);
    bt_file_close(f->file);
    free(f);
}

static const struct bt_source_ops file_ops = {
    .available = file_available, .read = file_read, .close = file_close};

static enum bt_status open_direct(struct bt_file *file, struct bt_source **ret,
                                  struct bt_error *err)
{
    struct file_source *f = calloc(1, sizeof *f);
    if (f == NULL || bt_read_ahead_new(file, &f->ahead, NULL) != BT_OK) {
        free(f);
        bt_file_close(file);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    f->source =
        (struct bt_source){.ops = &file_ops, .file_size = bt_file_size(file), .direct = true};
    f->file = file;
    *ret = &f->source;
    return BT_OK;
}

// ---- opening

static const struct bt_spool_limits spool_limits = {.memory = BT_LIMIT_SPOOL_MEMORY,
                                                    .total = BT_LIMIT_SPOOL};

// Takes over the file: read in place, or unpacked where it is gzip.
static enum bt_status open_file(struct bt_file *file, struct bt_source **ret,
                                struct bt_error *err)
{
    unsigned char head[BT_GZIP_MAGIC_SIZE];
    size_t head_size = 0;
    enum bt_status st = bt_file_read(file, 0, head, sizeof head, &head_size, err);
    if (st != BT_OK) {
        bt_file_close(file);
        return st;
    }
    if (!bt_is_gzip(head, head_size))
        return open_direct(file, ret, err);
    uint64_t file_size = bt_file_size(file);
    struct bt_feed *feed;
    st = bt_feed_file(file, &feed, err);
    if (st != BT_OK) {
        bt_file_close(file);
        return st;
    }
    BT_TRY(bt_feed_gzip(feed, &feed, err));
    return bt_spool_open(feed, spool_limits, "gzip", file_size, ret, err);
}

enum bt_status bt_source_open(const char *path, struct bt_source **ret, struct bt_error *err)
{
    struct bt_file *file;
    BT_TRY(bt_file_open(path, &file, err));
    return open_file(file, ret, err);
}

enum bt_status bt_source_open_packed(const char *path, struct bt_source **ret,
                                     struct bt_error *err)
{
    struct bt_file *file;
    BT_TRY(bt_file_open(path, &file, err));
    return open_direct(file, ret, err);
}

enum bt_status bt_source_open_listed(const char *path, struct bt_source **ret,
                                     struct bt_error *err)
{
    struct bt_file *file;
    BT_TRY(bt_file_open_listed(path, &file, err));
    return open_direct(file, ret, err);
}

enum bt_status bt_source_unpack(struct bt_source *packed, struct bt_source **ret,
                                struct bt_error *err)
{
    struct bt_feed *feed;
    BT_TRY(bt_feed_source(packed, &feed, err));
    BT_TRY(bt_feed_gzip(feed, &feed, err));
    return bt_spool_open(feed, spool_limits, "gzip", packed->file_size, ret, err);
}

enum bt_status bt_source_open_stream(int fd, struct bt_source **ret, struct bt_error *err)
{
    struct bt_file *file;
    enum bt_status st = bt_file_borrow(fd, &file, err);
    if (st != BT_ABSENT)
        return st == BT_OK ? open_file(file, ret, err) : st;

    struct bt_feed *feed;
    BT_TRY(bt_feed_stream(fd, &feed, err));
    unsigned char head[BT_GZIP_MAGIC_SIZE];
    size_t head_size = 0;
    st = bt_feed_peek(feed, head, &head_size, err);
    if (st != BT_OK) {
        bt_feed_close(feed);
        return st;
    }
    if (!bt_is_gzip(head, head_size))
        return bt_spool_open(feed, spool_limits, NULL, 0, ret, err);
    BT_TRY(bt_feed_gzip(feed, &feed, err));
    return bt_spool_open(feed, spool_limits, "gzip", 0, ret, err);
}

void bt_source_close(struct bt_source *source)
{
    if (source != NULL)
        source->ops->close(source);
}

// ---- reading

enum bt_status bt_source_size(struct bt_source *source, uint64_t *ret, struct bt_error *err)
{
    return source->ops->available(source, 0, UINT64_MAX, ret, err);
}

bool bt_source_has(struct bt_source *source, uint64_t offset, uint64_t length)
{
    uint64_t there;
    return length <= UINT64_MAX - offset &&
           source->ops->available(source, offset, length, &there, NULL) == BT_OK &&
           there == length;
}

enum bt_status bt_source_read(struct bt_source *source, uint64_t offset, void *buf, size_t size,
                              struct bt_error *err)
{
    uint64_t there = 0;
    BT_TRY(source->ops->available(source, offset, size, &there, err));
    if (there != size)
        return BT_FAIL(err, BT_E_TRUNCATED, offset,
                       "%zu bytes at offset 0x%" PRIx64 " are wanted, the input ends after "
                       "%" PRIu64 " of them",
                       size, offset, there);
    return source->ops->read(source, offset, buf, size, err);
}

enum bt_status bt_source_view(struct bt_source *source, uint64_t offset, uint64_t length,
                              struct bt_arena *arena, struct bt_span *ret, struct bt_error *err)
{
    uint64_t there = 0;
    BT_TRY(source->ops->available(source, offset, length, &there, err));
    uint8_t *bytes;
    BT_TRY(bt_arena_space(arena, there, &bytes, err));
    BT_TRY(source->ops->read(source, offset, bytes, (size_t)there, err));
    *ret = (struct bt_span){.data = bytes, .size = (size_t)there, .file_offset = offset};
    return BT_OK;
}

static enum bt_status read_through(void *self, uint64_t offset, void *buf, size_t size,
                                   struct bt_error *err)
{
    return bt_source_read(self, offset, buf, size, err);
}

struct bt_reader bt_source_reader(struct bt_source *source)
{
    return (struct bt_reader){.read = read_through, .self = source};
}

void bt_source_watch(struct bt_source *source, struct bt_watch *watch)
{
    source->watch = watch;
}

// ---- facts

uint64_t bt_source_file_size(const struct bt_source *source)
{
    return source->file_size;
}

const char *bt_source_container(const struct bt_source *source)
{
    return source->container;
}

bool bt_source_is_direct(const struct bt_source *source)
{
    return source->direct;
}

const char *bt_source_damage(const struct bt_source *source)
{
    return source->ops->damage != NULL ? source->ops->damage(source) : NULL;
}
