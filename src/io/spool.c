// SPDX-License-Identifier: MIT
#include "io/spool.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

enum { CHUNK = 64 * 1024 };

struct spool {
    struct bt_source source;
    struct bt_feed *feed;
    struct bt_spool_limits limits;
    uint64_t size;         // bytes read from the feed so far
    bool ended;            // there will be no more
    struct bt_error cause; // why it ended; status BT_OK where it simply did
    unsigned char *memory; // bytes [0, min(size, limits.memory))
    size_t capacity;
    // Bytes from limits.memory on. Made when the spool is opened, because the program may give
    // up its right to create files before it is needed; a spool that stays small does not mind
    // when there is none.
    struct bt_file *overflow;
    struct bt_error no_overflow; // why there is none
    uint64_t written;            // bytes of the file up to the end of what was written last
    uint64_t space_checked;      // when `written` was that, there was space enough
    unsigned char chunk[CHUNK];
};

// Against itself one byte further on: that is a comparison of the C library, which is fast.
static bool is_zero(const unsigned char *data, size_t size)
{
    return size == 0 || (data[0] == 0 && memcmp(data, data + 1, size - 1) == 0);
}

static enum bt_status grow_memory(struct spool *s, size_t needed, struct bt_error *err)
{
    if (needed <= s->capacity)
        return BT_OK;
    size_t capacity = s->capacity != 0 ? s->capacity : (size_t)CHUNK;
    while (capacity < needed)
        capacity *= 2;
    unsigned char *memory = realloc(s->memory, capacity);
    if (memory == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    s->memory = memory;
    s->capacity = capacity;
    return BT_OK;
}

// A disk that is full stops more than this program. Looked at now and then: others write, too.
static enum bt_status check_space(struct spool *s, struct bt_error *err)
{
    if (s->written != 0 && s->written - s->space_checked < BT_LIMIT_SPOOL_RESERVE / 4)
        return BT_OK;
    s->space_checked = s->written;
    if (bt_file_space(s->overflow) >= BT_LIMIT_SPOOL_RESERVE)
        return BT_OK;
    return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET,
                   "less than %" PRIu64 " MiB are free for temporary files; TMPDIR names "
                   "another place for them",
                   BT_LIMIT_SPOOL_RESERVE >> 20);
}

// Memory is mostly zeros: they are left out of the file, which reads as zeros there.
static enum bt_status store_in_file(struct spool *s, uint64_t offset, const unsigned char *data,
                                    size_t size, struct bt_error *err)
{
    if (s->overflow == NULL) {
        *err = s->no_overflow;
        return err->status;
    }
    if (is_zero(data, size))
        return BT_OK;
    BT_TRY(check_space(s, err));
    BT_TRY(bt_file_write(s->overflow, offset, data, size, err));
    s->written = offset + size;
    return BT_OK;
}

static enum bt_status store(struct spool *s, const unsigned char *data, size_t size,
                            struct bt_error *err)
{
    size_t in_memory = 0;
    if (s->size < s->limits.memory) {
        uint64_t room = s->limits.memory - s->size;
        in_memory = size < room ? size : (size_t)room;
        BT_TRY(grow_memory(s, (size_t)s->size + in_memory, err));
        memcpy(s->memory + (size_t)s->size, data, in_memory);
    }
    if (in_memory < size)
        BT_TRY(store_in_file(s, s->size + in_memory - s->limits.memory, data + in_memory,
                             size - in_memory, err));
    s->size += size;
    return BT_OK;
}

static enum bt_status take_chunk(struct spool *s, struct bt_error *err)
{
    size_t got = 0;
    BT_TRY(s->feed->read(s->feed, s->chunk, sizeof s->chunk, &got, err));
    if (got == 0) {
        s->ended = true;
        return BT_OK;
    }
    if (got > s->limits.total - s->size) {
        BT_TRY(store(s, s->chunk, (size_t)(s->limits.total - s->size), err));
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET,
                       "only the first %" PRIu64 " MiB were read, which is the limit",
                       s->limits.total >> 20);
    }
    return store(s, s->chunk, got, err);
}

// Reads until `wanted` bytes are there or the feed has ended. A failure is the end of the data,
// remembered with its cause.
static void fill(struct spool *s, uint64_t wanted)
{
    while (!s->ended && s->size < wanted) {
        if (take_chunk(s, &s->cause) != BT_OK)
            s->ended = true;
        if (s->source.watch != NULL)
            s->source.watch->moved(s->source.watch, s->size);
    }
}

static enum bt_status spool_available(struct bt_source *self, uint64_t offset, uint64_t length,
                                      uint64_t *ret, struct bt_error *err)
{
    struct spool *s = (struct spool *)self;
    fill(s, length > UINT64_MAX - offset ? UINT64_MAX : offset + length);
    // Nothing at all and a reason for it: that is a failure, not an empty input.
    if (s->size == 0 && s->cause.status != BT_OK) {
        if (err != NULL)
            *err = s->cause;
        return s->cause.status;
    }
    uint64_t there = offset < s->size ? s->size - offset : 0;
    *ret = there < length ? there : length;
    return BT_OK;
}

static enum bt_status spool_read(struct bt_source *self, uint64_t offset, void *buf,
                                 size_t size, struct bt_error *err)
{
    struct spool *s = (struct spool *)self;
    size_t from_memory = 0;
    if (offset < s->limits.memory && size != 0) {
        uint64_t there = s->limits.memory - offset;
        from_memory = size < there ? size : (size_t)there;
        memcpy(buf, s->memory + (size_t)offset, from_memory);
    }
    if (from_memory == size)
        return BT_OK;
    size_t got = 0;
    BT_TRY(bt_file_read(s->overflow, offset + from_memory - s->limits.memory,
                        (unsigned char *)buf + from_memory, size - from_memory, &got, err));
    // Zeros at the end were never written.
    size_t missing = size - from_memory - got;
    if (missing != 0 && offset + from_memory - s->limits.memory + got < s->written)
        return BT_FAIL(err, BT_E_IO, BT_NO_OFFSET, "the temporary file was cut short");
    memset((unsigned char *)buf + from_memory + got, 0, missing);
    return BT_OK;
}

static const char *spool_damage(const struct bt_source *self)
{
    const struct spool *s = (const struct spool *)self;
    return s->cause.status != BT_OK ? s->cause.message : NULL;
}

static void spool_close(struct bt_source *self)
{
    struct spool *s = (struct spool *)self;
    bt_feed_close(s->feed);
    bt_file_close(s->overflow);
    free(s->memory);
    free(s);
}

static const struct bt_source_ops spool_ops = {
    .available = spool_available,
    .read = spool_read,
    .damage = spool_damage,
    .close = spool_close,
};

enum bt_status bt_spool_open(struct bt_feed *feed, struct bt_spool_limits limits,
                             const char *container, uint64_t file_size, struct bt_source **ret,
                             struct bt_error *err)
{
    struct spool *s = calloc(1, sizeof *s);
    if (s == NULL) {
        bt_feed_close(feed);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    s->source = (struct bt_source){
        .ops = &spool_ops, .container = container, .file_size = file_size, .direct = false};
    s->feed = feed;
    s->limits = limits;
    if (bt_file_temporary(&s->overflow, &s->no_overflow) != BT_OK)
        s->overflow = NULL;
    *ret = &s->source;
    return BT_OK;
}
