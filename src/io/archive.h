// SPDX-License-Identifier: MIT
//
// What is inside an archive: zip, 7z, cab, tar and rar through libarchive, and single files
// packed with xz, zstd, bzip2 or lzma. The library is loaded when the first archive is met,
// because loading it costs more than a whole triage; a system without it says so.
#ifndef BT_IO_ARCHIVE_H
#define BT_IO_ARCHIVE_H

#include "io/source.h"

struct bt_archive;

// Whether the first bytes of a file are those of an archive that could be opened. `head` holds
// at least 512 bytes, or the whole file.
bool bt_is_archive(struct bt_span head);

// BT_E_UNSUPPORTED where the library is missing, BT_E_CORRUPT where it cannot read the file.
enum bt_status bt_archive_open(const char *path, struct bt_archive **ret,
                               struct bt_error *err) BT_MUST_USE;
void bt_archive_close(struct bt_archive *archive); // NULL is accepted

// The next file inside, as a source that the caller closes before the next call. *ret_name is
// its name in the archive, as UTF-8, valid until the next call; folders, links and devices are
// passed over. BT_ABSENT at the end, BT_E_LIMIT after BT_LIMIT_ARCHIVE_MEMBERS.
enum bt_status bt_archive_next(struct bt_archive *archive, const char **ret_name,
                               struct bt_source **ret, struct bt_error *err) BT_MUST_USE;

// "zip", "7-Zip", as the library calls the format; after the first bt_archive_next.
const char *bt_archive_format(const struct bt_archive *archive);

#endif
