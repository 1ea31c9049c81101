// SPDX-License-Identifier: MIT
//
// What a digest library has to provide; one file per library.
#ifndef BT_DIGEST_STREAM_H
#define BT_DIGEST_STREAM_H

#include "digest/digest.h"

struct bt_digest_stream;

enum bt_status bt_digest_stream_new(enum bt_digest kind, struct bt_digest_stream **ret,
                                    struct bt_error *err) BT_MUST_USE;
void bt_digest_stream_add(struct bt_digest_stream *stream, const void *data, size_t size);
// Writes bt_digest_size bytes.
void bt_digest_stream_end(struct bt_digest_stream *stream, uint8_t ret[BT_DIGEST_MAX]);
void bt_digest_stream_free(struct bt_digest_stream *stream); // NULL is accepted

#endif
