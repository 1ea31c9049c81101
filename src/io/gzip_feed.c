// SPDX-License-Identifier: MIT
//
// Unpacking gzip (RFC 1952) through zlib. Members may follow each other, as with `cat a.gz
// b.gz`; anything else after the last member is padding and ignored, as gzip itself does.
#include <inttypes.h>
#include <stdlib.h>

#include <zlib.h>

#include "io/feed.h"

enum { PACKED_SIZE = 64 * 1024 };

struct gzip_feed {
    struct bt_feed feed;
    struct bt_feed *packed;
    z_stream zlib;
    uint64_t unpacked; // bytes handed out, for messages
    bool packed_ended;
    bool ended;
    unsigned char input[PACKED_SIZE];
};

static enum bt_status refill(struct gzip_feed *gz, struct bt_error *err)
{
    size_t got = 0;
    BT_TRY(gz->packed->read(gz->packed, gz->input, sizeof gz->input, &got, err));
    gz->packed_ended = got == 0;
    gz->zlib.next_in = gz->input;
    gz->zlib.avail_in = (uInt)got;
    return BT_OK;
}

// Brings the start of the next member into the input buffer, or ends the feed.
static enum bt_status next_member(struct gzip_feed *gz, struct bt_error *err)
{
    unsigned char head[BT_GZIP_MAGIC_SIZE];
    size_t size = 0;
    // The magic may straddle two fills: collect it first.
    while (size < sizeof head) {
        if (gz->zlib.avail_in == 0) {
            BT_TRY(refill(gz, err));
            if (gz->packed_ended)
                break;
        }
        head[size++] = *gz->zlib.next_in++;
        gz->zlib.avail_in--;
    }
    gz->ended = !bt_is_gzip(head, size);
    if (gz->ended)
        return BT_OK;
    if (inflateReset(&gz->zlib) != Z_OK)
        return BT_FAIL(err, BT_E_INTERNAL, BT_NO_OFFSET, "zlib could not be reset");
    // Feed the magic by itself; inflate keeps it as state and makes no output of it.
    Bytef *rest = gz->zlib.next_in;
    uInt left = gz->zlib.avail_in;
    gz->zlib.next_in = head;
    gz->zlib.avail_in = sizeof head;
    int z = inflate(&gz->zlib, Z_NO_FLUSH);
    gz->zlib.next_in = rest;
    gz->zlib.avail_in = left;
    if (z != Z_OK)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "gzip data is damaged");
    return BT_OK;
}

static enum bt_status inflate_failure(const struct gzip_feed *gz, int z, struct bt_error *err)
{
    if (z == Z_MEM_ERROR)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    const char *why = z == Z_NEED_DICT       ? "needs a dictionary"
                      : gz->zlib.msg != NULL ? gz->zlib.msg
                                             : "unknown error";
    return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET,
                   "gzip data is damaged after %" PRIu64 " unpacked bytes (%s)", gz->unpacked,
                   why);
}

static enum bt_status gzip_read(struct bt_feed *self, void *buf, size_t size, size_t *ret,
                                struct bt_error *err)
{
    struct gzip_feed *gz = (struct gzip_feed *)self;
    gz->zlib.next_out = buf;
    gz->zlib.avail_out = size > UINT32_MAX ? UINT32_MAX : (uInt)size;
    const uInt room = gz->zlib.avail_out;
    // One call that made output is enough. An error behind that output comes back with the
    // next call, so nothing that could be unpacked is lost.
    while (!gz->ended && gz->zlib.avail_out == room && room != 0) {
        int z = inflate(&gz->zlib, Z_NO_FLUSH);
        if (gz->zlib.avail_out != room)
            break;
        if (z == Z_STREAM_END)
            BT_TRY(next_member(gz, err));
        else if (z == Z_BUF_ERROR && gz->packed_ended)
            return BT_FAIL(err, BT_E_TRUNCATED, BT_NO_OFFSET,
                           "gzip data ends early, after %" PRIu64 " unpacked bytes",
                           gz->unpacked);
        else if (z != Z_OK && z != Z_BUF_ERROR)
            return inflate_failure(gz, z, err);
        else if (gz->zlib.avail_in == 0)
            BT_TRY(refill(gz, err));
    }
    *ret = room - gz->zlib.avail_out;
    gz->unpacked += *ret;
    return BT_OK;
}

static void gzip_close(struct bt_feed *self)
{
    struct gzip_feed *gz = (struct gzip_feed *)self;
    inflateEnd(&gz->zlib);
    bt_feed_close(gz->packed);
    free(gz);
}

enum bt_status bt_feed_gzip(struct bt_feed *packed, struct bt_feed **ret, struct bt_error *err)
{
    enum { GZIP_WRAPPER = 16, LARGEST_WINDOW = 15 };
    struct gzip_feed *gz = calloc(1, sizeof *gz);
    if (gz == NULL || inflateInit2(&gz->zlib, LARGEST_WINDOW + GZIP_WRAPPER) != Z_OK) {
        free(gz);
        bt_feed_close(packed);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    gz->feed = (struct bt_feed){.read = gzip_read, .close = gzip_close};
    gz->packed = packed;
    *ret = &gz->feed;
    return BT_OK;
}
