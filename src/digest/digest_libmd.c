// SPDX-License-Identifier: MIT
#include <md5.h>
#include <sha1.h>
#include <sha2.h>
#include <stdlib.h>

#include "digest/stream.h"

struct bt_digest_stream {
    enum bt_digest kind;
    union {
        MD5_CTX md5;
        SHA1_CTX sha1;
        SHA2_CTX sha2;
    } context;
};

enum bt_status bt_digest_stream_new(enum bt_digest kind, struct bt_digest_stream **ret,
                                    struct bt_error *err)
{
    struct bt_digest_stream *s = calloc(1, sizeof *s);
    if (s == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    s->kind = kind;
    switch (kind) {
    case BT_DIGEST_MD5:
        MD5Init(&s->context.md5);
        break;
    case BT_DIGEST_SHA1:
        SHA1Init(&s->context.sha1);
        break;
    case BT_DIGEST_SHA256:
        SHA256Init(&s->context.sha2);
        break;
    }
    *ret = s;
    return BT_OK;
}

void bt_digest_stream_add(struct bt_digest_stream *stream, const void *data, size_t size)
{
    switch (stream->kind) {
    case BT_DIGEST_MD5:
        MD5Update(&stream->context.md5, data, size);
        break;
    case BT_DIGEST_SHA1:
        SHA1Update(&stream->context.sha1, data, size);
        break;
    case BT_DIGEST_SHA256:
        SHA256Update(&stream->context.sha2, data, size);
        break;
    }
}

void bt_digest_stream_end(struct bt_digest_stream *stream, uint8_t ret[BT_DIGEST_MAX])
{
    switch (stream->kind) {
    case BT_DIGEST_MD5:
        MD5Final(ret, &stream->context.md5);
        break;
    case BT_DIGEST_SHA1:
        SHA1Final(ret, &stream->context.sha1);
        break;
    case BT_DIGEST_SHA256:
        SHA256Final(ret, &stream->context.sha2);
        break;
    }
}

void bt_digest_stream_free(struct bt_digest_stream *stream)
{
    free(stream);
}
