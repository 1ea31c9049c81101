// SPDX-License-Identifier: MIT
#include "digest/digest.h"

#include "test.h"

static const char *digest_of(enum bt_digest kind, const char *text)
{
    static char hex[BT_DIGEST_TEXT_SIZE];
    uint8_t digest[BT_DIGEST_MAX];
    struct bt_span bytes = {.data = (const uint8_t *)text, .size = strlen(text)};
    assert_int_equal(bt_digest_bytes(kind, bytes, digest, NULL), BT_OK);
    bt_digest_text(kind, digest, hex);
    return hex;
}

// Vectors of RFC 1321, RFC 3174 and FIPS 180-2.
static void published_vectors_hold(void **state)
{
    (void)state;
    assert_string_equal(digest_of(BT_DIGEST_MD5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
    assert_string_equal(digest_of(BT_DIGEST_MD5, ""), "d41d8cd98f00b204e9800998ecf8427e");
    assert_string_equal(digest_of(BT_DIGEST_SHA1, "abc"),
                        "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_string_equal(digest_of(BT_DIGEST_SHA256, "abc"),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static enum bt_status read_zeros(void *self, uint64_t offset, void *buf, size_t size,
                                 struct bt_error *err)
{
    (void)self;
    (void)offset;
    (void)err;
    memset(buf, 0, size);
    return BT_OK;
}

static void reader_in_pieces_gives_the_digest_of_the_whole(void **state)
{
    (void)state;
    static const uint8_t zeros[200000];
    uint8_t whole[BT_DIGEST_MAX], pieces[BT_DIGEST_MAX];
    struct bt_span bytes = {.data = zeros, .size = sizeof zeros};
    struct bt_reader reader = {.read = read_zeros};
    assert_int_equal(bt_digest_bytes(BT_DIGEST_SHA256, bytes, whole, NULL), BT_OK);
    assert_int_equal(bt_digest_reader(BT_DIGEST_SHA256, reader, sizeof zeros, pieces, NULL),
                     BT_OK);
    assert_memory_equal(whole, pieces, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_hold),
        cmocka_unit_test(reader_in_pieces_gives_the_digest_of_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
