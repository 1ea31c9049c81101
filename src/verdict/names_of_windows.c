// SPDX-License-Identifier: MIT
//
// The names that Windows and its debugger compute for a crash.
#include <inttypes.h>

#include "base/buf.h"
#include "base/text.h"
#include "digest/digest.h"
#include "verdict/signature.h"

enum { TEXT_LIMIT = 4096 };

// The digest of a text as UTF-16LE. Bucket names are ASCII; other characters of one UTF-16 unit
// are widened alike.
static enum bt_status digest_wide(enum bt_digest kind, const struct bt_buf *text,
                                  uint8_t ret[BT_DIGEST_MAX], struct bt_error *err)
{
    struct bt_buf wide;
    bt_buf_init(&wide, 4 * TEXT_LIMIT);
    for (size_t i = 0; i < text->size;) {
        uint32_t c;
        i += bt_utf8_decode(text->data + i, text->size - i, &c);
        if (c > 0xffff) {
            uint32_t high = 0xd800 + ((c - 0x10000) >> 10);
            bt_buf_char(&wide, (char)(high & 0xff));
            bt_buf_char(&wide, (char)(high >> 8));
            c = 0xdc00 + (c & 0x3ff);
        }
        bt_buf_char(&wide, (char)(c & 0xff));
        bt_buf_char(&wide, (char)(c >> 8));
    }
    struct bt_span bytes = {.data = (const uint8_t *)wide.data, .size = wide.size};
    enum bt_status st = bt_buf_status(&wide, err);
    if (st == BT_OK)
        st = bt_digest_bytes(kind, bytes, ret, err);
    bt_buf_fini(&wide);
    return st;
}

enum bt_status bt_failure_id_hash(const char *bucket, enum bt_bucket_domain domain,
                                  struct bt_arena *arena, const char **ret,
                                  struct bt_error *err)
{
    struct bt_buf text;
    bt_buf_init(&text, TEXT_LIMIT);
    bt_buf_text(&text, domain == BT_BUCKET_KERNEL ? "km:" : "um:");
    for (const char *p = bucket; *p != '\0'; p++)
        bt_buf_char(&text, bt_lower(*p));
    uint8_t d[BT_DIGEST_MAX];
    enum bt_status st = bt_buf_status(&text, err);
    if (st == BT_OK)
        st = digest_wide(BT_DIGEST_MD5, &text, d, err);
    bt_buf_fini(&text);
    if (st != BT_OK)
        return st;
    return bt_arena_printf(arena, ret, err,
                           "%08" PRIx32 "-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                           bt_le32(d), (unsigned)bt_le16(d + 4), (unsigned)bt_le16(d + 6),
                           (unsigned)d[8], (unsigned)d[9], (unsigned)d[10], (unsigned)d[11],
                           (unsigned)d[12], (unsigned)d[13], (unsigned)d[14], (unsigned)d[15]);
}

enum bt_status bt_wer_report_folder(const struct bt_wer_key *key, struct bt_arena *arena,
                                    const char **ret, struct bt_error *err)
{
    // VER_SUITE_TERMINAL (0x10) is set on every client and left out of the report.
    static const uint32_t suite_terminal = 0x10;
    struct bt_buf text;
    bt_buf_init(&text, TEXT_LIMIT);
    bt_buf_digits(&text, key->code, 16, 1);
    for (unsigned i = 0; i < 4; i++)
        bt_buf_digits(&text, key->parameters[i], 16, 1);
    bt_buf_printf(&text, "%" PRIu32 "_%" PRIu32 "_%" PRIu32, key->major, key->minor,
                  key->build);
    bt_buf_printf(&text, "%" PRIu32 "_%" PRIu32, key->service_pack_major,
                  key->service_pack_minor);
    bt_buf_printf(&text, "%" PRIu32 "_%" PRIu32, key->suite_mask & ~suite_terminal,
                  key->product_type);
    uint8_t d[BT_DIGEST_MAX];
    enum bt_status st = bt_buf_status(&text, err);
    if (st == BT_OK)
        st = digest_wide(BT_DIGEST_SHA1, &text, d, err);
    if (st == BT_OK) {
        bt_buf_clear(&text);
        bt_buf_printf(&text, "Kernel_%" PRIx32 "_", key->code);
        for (size_t i = 0; i < bt_digest_size(BT_DIGEST_SHA1); i++)
            bt_buf_digits(&text, d[i], 16, 1);
        st = bt_buf_status(&text, err);
    }
    if (st == BT_OK)
        st = bt_arena_text(arena, bt_buf_cstr(&text), text.size, ret, err);
    bt_buf_fini(&text);
    return st;
}
