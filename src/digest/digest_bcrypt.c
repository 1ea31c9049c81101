// SPDX-License-Identifier: MIT
#include <windows.h>
// bcrypt.h needs the types of windows.h before it.
#include <bcrypt.h>
#include <stdlib.h>

#include "digest/stream.h"

struct bt_digest_stream {
    BCRYPT_ALG_HANDLE provider;
    BCRYPT_HASH_HANDLE hash;
    enum bt_digest kind;
};

static const wchar_t *algorithm_name(enum bt_digest kind)
{
    switch (kind) {
    case BT_DIGEST_MD5:
        return BCRYPT_MD5_ALGORITHM;
    case BT_DIGEST_SHA1:
        return BCRYPT_SHA1_ALGORITHM;
    case BT_DIGEST_SHA256:
        return BCRYPT_SHA256_ALGORITHM;
    }
    return NULL;
}

enum bt_status bt_digest_stream_new(enum bt_digest kind, struct bt_digest_stream **ret,
                                    struct bt_error *err)
{
    struct bt_digest_stream *s = calloc(1, sizeof *s);
    if (s == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    s->kind = kind;
    if (BCryptOpenAlgorithmProvider(&s->provider, algorithm_name(kind), NULL, 0) != 0 ||
        BCryptCreateHash(s->provider, &s->hash, NULL, 0, NULL, 0, 0) != 0) {
        bt_digest_stream_free(s);
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                       "this system computes no such digest");
    }
    *ret = s;
    return BT_OK;
}

void bt_digest_stream_add(struct bt_digest_stream *stream, const void *data, size_t size)
{
    // The provider does not write through this pointer, whatever its prototype says.
    unsigned char *bytes = (unsigned char *)(uintptr_t)data;
    while (size != 0) {
        ULONG piece = size < 0x40000000 ? (ULONG)size : 0x40000000;
        (void)BCryptHashData(stream->hash, bytes, piece, 0);
        bytes += piece;
        size -= piece;
    }
}

void bt_digest_stream_end(struct bt_digest_stream *stream, uint8_t ret[BT_DIGEST_MAX])
{
    (void)BCryptFinishHash(stream->hash, ret, (ULONG)bt_digest_size(stream->kind), 0);
}

void bt_digest_stream_free(struct bt_digest_stream *stream)
{
    if (stream == NULL)
        return;
    if (stream->hash != NULL)
        BCryptDestroyHash(stream->hash);
    if (stream->provider != NULL)
        BCryptCloseAlgorithmProvider(stream->provider, 0);
    free(stream);
}
