// SPDX-License-Identifier: MIT
//
// Archives written byte by byte: a zip with one stored file and a folder, and a tar.
#include "io/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

static void put(uint8_t *at, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

// One ustar header; the checksum is the sum of its bytes with the checksum field blank.
static void put_tar_header(uint8_t block[512], const char *name, char type, unsigned size)
{
    memset(block, 0, 512);
    snprintf((char *)block, 100, "%s", name);
    snprintf((char *)block + 100, 8, "0000644");
    snprintf((char *)block + 124, 12, "%011o", size);
    snprintf((char *)block + 136, 12, "%011o", 0u);
    memset(block + 148, ' ', 8);
    block[156] = (uint8_t)type;
    memcpy(block + 257,
           "ustar\0"
           "00",
           8);
    unsigned sum = 0;
    for (size_t i = 0; i < 512; i++)
        sum += block[i];
    snprintf((char *)block + 148, 8, "%06o", sum);
}

static const char *write_file(const uint8_t *bytes, size_t size)
{
    static char path[] = "/tmp/bugtriage-archive-XXXXXX";
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    close(fd);
    return path;
}

static uint8_t tar[512 * 6];

static const char *make_tar(void)
{
    memset(tar, 0, sizeof tar);
    put_tar_header(tar, "folder/", '5', 0);
    put_tar_header(tar + 512, "folder/MEMORY.DMP", '0', 11);
    memcpy(tar + 1024, "hello there", 11);
    return write_file(tar, sizeof tar);
}

static struct bt_source *packed;

static bool can_open(const char *path, struct bt_archive **ret)
{
    struct bt_error err;
    assert_int_equal(bt_source_open_packed(path, &packed, &err), BT_OK);
    enum bt_status st = bt_archive_open(packed, ret, &err);
    if (st == BT_E_UNSUPPORTED) {
        print_message("skipped: %s\n", err.message);
        bt_source_close(packed);
        return false;
    }
    assert_int_equal(st, BT_OK);
    return true;
}

static void files_inside_are_sources_and_folders_are_passed_over(void **state)
{
    (void)state;
    struct bt_archive *archive;
    struct bt_source *source;
    struct bt_archive_member member;
    char text[12] = "";
    const char *path = make_tar();
    if (!can_open(path, &archive)) {
        unlink(path);
        skip();
    }
    assert_int_equal(bt_archive_next(archive, &member, &source, NULL), BT_OK);
    assert_string_equal(member.name, "folder/MEMORY.DMP");
    assert_int_equal(member.size, 11);
    assert_string_equal(bt_archive_kind(archive), "tar");
    // Backwards first: a member is spooled, so it can be read at any position.
    assert_int_equal(bt_source_read(source, 6, text, 5, NULL), BT_OK);
    assert_string_equal(text, "there");
    assert_int_equal(bt_source_read(source, 0, text, 11, NULL), BT_OK);
    assert_string_equal(text, "hello there");
    assert_false(bt_source_has(source, 11, 1));
    bt_source_close(source);
    assert_int_equal(bt_archive_next(archive, &member, &source, NULL), BT_ABSENT);
    bt_archive_close(archive);
    bt_source_close(packed);
    unlink(path);
}

static void every_cut_of_an_archive_ends(void **state)
{
    (void)state;
    (void)make_tar();
    for (size_t size = 0; size < sizeof tar; size += 101) {
        const char *path = write_file(tar, size);
        struct bt_archive *archive;
        struct bt_source *source;
        struct bt_archive_member member;
        char text[11];
        assert_int_equal(bt_source_open_packed(path, &packed, NULL), BT_OK);
        if (bt_archive_open(packed, &archive, NULL) == BT_OK) {
            while (bt_archive_next(archive, &member, &source, NULL) == BT_OK) {
                (void)!bt_source_read(source, 0, text, sizeof text, NULL);
                bt_source_close(source);
            }
            bt_archive_close(archive);
        }
        bt_source_close(packed);
        unlink(path);
    }
}

static void archives_are_known_by_their_first_bytes(void **state)
{
    (void)state;
    uint8_t head[512] = {0};
    struct bt_span span = {.data = head, .size = sizeof head};
    assert_false(bt_is_archive(span));
    put(head, 0x04034b50, 4);
    assert_true(bt_is_archive(span));
    span.size = 3;
    assert_false(bt_is_archive(span));
    (void)make_tar();
    assert_true(bt_is_archive((struct bt_span){.data = tar, .size = 512}));
    assert_false(bt_is_archive((struct bt_span){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_inside_are_sources_and_folders_are_passed_over),
        cmocka_unit_test(every_cut_of_an_archive_ends),
        cmocka_unit_test(archives_are_known_by_their_first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
