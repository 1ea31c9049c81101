// SPDX-License-Identifier: MIT
#include <string.h>

#include "io/archive.h"

static const struct {
    size_t offset, size;
    const char *magic;
} magics[] = {
    {0, 4, "PK\x03\x04"},
    {0, 4, "MSCF"},
    {0, 6, "7z\xbc\xaf\x27\x1c"},
    {0, 4, "\x28\xb5\x2f\xfd"}, // zstd
    {0, 6,
     "\xfd"
     "7zXZ\0"}, // xz
    {0, 3, "BZh"},
    {0, 6, "Rar!\x1a\x07"},
    {257, 5, "ustar"},
};

bool bt_is_archive(struct bt_span head)
{
    for (size_t i = 0; i < BT_COUNT(magics); i++) {
        if (bt_span_has(head, magics[i].offset, magics[i].size) &&
            memcmp(head.data + magics[i].offset, magics[i].magic, magics[i].size) == 0)
            return true;
    }
    return false;
}
