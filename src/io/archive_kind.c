// SPDX-License-Identifier: MIT
#include "io/archive_kind.h"

#include <string.h>

#include "io/archive.h"

static const struct {
    size_t offset, size;
    const char *magic;
    struct bt_archive_kind kind;
} kinds[] = {
    {0, 4, "PK\x03\x04", {BT_ARCHIVE_ZIP, "zip", NULL}},
    {0, 4, "PK\x05\x06", {BT_ARCHIVE_ZIP, "zip", NULL}}, // an empty one
    {0, 4, "MSCF", {BT_ARCHIVE_CAB, "cab", NULL}},
    {0, 6, "7z\xbc\xaf\x27\x1c", {BT_ARCHIVE_7Z, "7z", NULL}},
    {0, 6, "Rar!\x1a\x07", {BT_ARCHIVE_RAR, "rar", NULL}},
    {257, 5, "ustar", {BT_ARCHIVE_TAR, "tar", NULL}},
    {0, 3, "\x1f\x8b\x08", {BT_ARCHIVE_GZIP, "gzip", "tar.gz"}},
    {0, 4, "\x28\xb5\x2f\xfd", {BT_ARCHIVE_ZSTD, "zstd", "tar.zst"}},
    {0,
     6,
     "\xfd"
     "7zXZ\0",
     {BT_ARCHIVE_XZ, "xz", "tar.xz"}},
    {0, 3, "BZh", {BT_ARCHIVE_BZIP2, "bzip2", "tar.bz2"}},
    // The properties that every packer writes, and the first byte of a dictionary's size, which
    // is a power of two of at least 4 KiB. There is no magic.
    {0, 3, "\x5d\0\0", {BT_ARCHIVE_LZMA, "lzma", "tar.lzma"}},
};

const struct bt_archive_kind *bt_archive_find_kind(struct bt_span head)
{
    for (size_t i = 0; i < BT_COUNT(kinds); i++) {
        if (bt_span_has(head, kinds[i].offset, kinds[i].size) &&
            memcmp(head.data + kinds[i].offset, kinds[i].magic, kinds[i].size) == 0)
            return &kinds[i].kind;
    }
    return NULL;
}

bool bt_is_archive(struct bt_span head)
{
    const struct bt_archive_kind *kind = bt_archive_find_kind(head);
    return kind != NULL && kind->format != BT_ARCHIVE_GZIP; // gzip is read without the library
}

bool bt_is_tar(struct bt_span head)
{
    const struct bt_archive_kind *kind = bt_archive_find_kind(head);
    return kind != NULL && kind->format == BT_ARCHIVE_TAR;
}
