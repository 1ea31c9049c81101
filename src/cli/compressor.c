// SPDX-License-Identifier: MIT
#include "cli/compressor.h"

#include <limits.h>
#include <stdlib.h>

#define ZLIB_CONST 1 // input is not changed
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, LEVEL = 6, MEMORY = 8, CHUNK = 64 * 1024 };

struct bt_compressor {
    z_stream stream;
    unsigned char chunk[CHUNK];
};

enum bt_status bt_compressor_new(struct bt_compressor **ret, struct bt_error *err)
{
    struct bt_compressor *c = calloc(1, sizeof *c);
    if (c == NULL || deflateInit2(&c->stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY,
                                  Z_DEFAULT_STRATEGY) != Z_OK) {
        free(c);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    *ret = c;
    return BT_OK;
}

void bt_compressor_free(struct bt_compressor *c)
{
    if (c == NULL)
        return;
    deflateEnd(&c->stream);
    free(c);
}

enum bt_status bt_compressor_add(struct bt_compressor *c, const void *data, size_t size,
                                 bool end, struct bt_buf *out, struct bt_error *err)
{
    if (size > UINT_MAX)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "a piece is too large to compress");
    c->stream.next_in = (z_const Bytef *)data;
    c->stream.avail_in = (unsigned)size;
    do {
        c->stream.next_out = c->chunk;
        c->stream.avail_out = CHUNK;
        if (deflate(&c->stream, end ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR)
            return BT_FAIL(err, BT_E_INTERNAL, BT_NO_OFFSET, "data cannot be compressed");
        bt_buf_add(out, c->chunk, CHUNK - c->stream.avail_out);
    } while (c->stream.avail_out == 0);
    return bt_buf_status(out, err);
}
