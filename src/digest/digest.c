// SPDX-License-Identifier: MIT
#include "digest/digest.h"

#include "digest/stream.h"

enum { PIECE = 64 * 1024 };

size_t bt_digest_size(enum bt_digest kind)
{
    switch (kind) {
    case BT_DIGEST_MD5:
        return 16;
    case BT_DIGEST_SHA1:
        return 20;
    case BT_DIGEST_SHA256:
        return 32;
    }
    return 0;
}

enum bt_status bt_digest_bytes(enum bt_digest kind, struct bt_span bytes,
                               uint8_t ret[BT_DIGEST_MAX], struct bt_error *err)
{
    struct bt_digest_stream *stream;
    BT_TRY(bt_digest_stream_new(kind, &stream, err));
    bt_digest_stream_add(stream, bytes.data, bytes.size);
    bt_digest_stream_end(stream, ret);
    bt_digest_stream_free(stream);
    return BT_OK;
}

enum bt_status bt_digest_reader(enum bt_digest kind, struct bt_reader reader, uint64_t size,
                                uint8_t ret[BT_DIGEST_MAX], struct bt_error *err)
{
    struct bt_digest_stream *stream;
    BT_TRY(bt_digest_stream_new(kind, &stream, err));
    uint8_t piece[PIECE];
    enum bt_status st = BT_OK;
    for (uint64_t at = 0; at < size && st == BT_OK;) {
        size_t want = size - at < sizeof piece ? (size_t)(size - at) : sizeof piece;
        st = bt_reader_read(reader, at, piece, want, err);
        if (st == BT_OK)
            bt_digest_stream_add(stream, piece, want);
        at += want;
    }
    if (st == BT_OK)
        bt_digest_stream_end(stream, ret);
    bt_digest_stream_free(stream);
    return st;
}

void bt_digest_text(enum bt_digest kind, const uint8_t digest[BT_DIGEST_MAX],
                    char ret[BT_DIGEST_TEXT_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    size_t size = bt_digest_size(kind);
    for (size_t i = 0; i < size; i++) {
        ret[2 * i] = hex[digest[i] >> 4];
        ret[2 * i + 1] = hex[digest[i] & 15];
    }
    ret[2 * size] = '\0';
}
