// SPDX-License-Identifier: MIT
//
// Message digests, by a library of the system: libmd on POSIX, the bcrypt provider on Windows.
// MD5 and SHA-1 serve only to compute names that Windows computes with them; identity of a file
// is SHA-256.
#ifndef BT_DIGEST_DIGEST_H
#define BT_DIGEST_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/reader.h"
#include "base/span.h"

enum bt_digest {
    BT_DIGEST_MD5,
    BT_DIGEST_SHA1,
    BT_DIGEST_SHA256,
};

enum { BT_DIGEST_MAX = 32, BT_DIGEST_TEXT_SIZE = 2 * BT_DIGEST_MAX + 1 };

// Bytes of a digest: 16, 20, 32.
size_t bt_digest_size(enum bt_digest kind);

// The digest of bytes in memory. BT_E_UNSUPPORTED in a build without a digest library.
enum bt_status bt_digest_bytes(enum bt_digest kind, struct bt_span bytes,
                               uint8_t ret[BT_DIGEST_MAX], struct bt_error *err) BT_MUST_USE;

// The digest of [0, size) of a reader, read in pieces.
enum bt_status bt_digest_reader(enum bt_digest kind, struct bt_reader reader, uint64_t size,
                                uint8_t ret[BT_DIGEST_MAX], struct bt_error *err) BT_MUST_USE;

// Lower-case hexadecimal, two digits a byte.
void bt_digest_text(enum bt_digest kind, const uint8_t digest[BT_DIGEST_MAX],
                    char ret[BT_DIGEST_TEXT_SIZE]);

#endif
