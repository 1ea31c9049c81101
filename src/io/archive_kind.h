// SPDX-License-Identifier: MIT
//
// Inside of the io room: the kinds of archives, by their first bytes.
#ifndef BT_IO_ARCHIVE_KIND_H
#define BT_IO_ARCHIVE_KIND_H

#include <stdbool.h>

#include "base/span.h"

enum bt_archive_format {
    BT_ARCHIVE_ZIP,
    BT_ARCHIVE_7Z,
    BT_ARCHIVE_CAB,
    BT_ARCHIVE_TAR,
    BT_ARCHIVE_RAR,
    // Packed whole: one file, or a tar archive.
    BT_ARCHIVE_GZIP,
    BT_ARCHIVE_XZ,
    BT_ARCHIVE_ZSTD,
    BT_ARCHIVE_BZIP2,
    BT_ARCHIVE_LZMA,
};

struct bt_archive_kind {
    enum bt_archive_format format;
    const char *name;
    const char *tar_name; // where a tar archive is packed in it; NULL: it packs no single file
};

// NULL: no archive.
const struct bt_archive_kind *bt_archive_find_kind(struct bt_span head);

#endif
