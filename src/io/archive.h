// SPDX-License-Identifier: MIT
//
// What is inside an archive: zip, 7z, cab, tar and rar through libarchive, and single files
// packed with xz, zstd, bzip2 or lzma. The library is loaded when the first archive is met,
// because loading it costs more than a whole triage; a system without it says so. Only the
// reader of the format that the first bytes name is taken into use.
#ifndef BT_IO_ARCHIVE_H
#define BT_IO_ARCHIVE_H

#include "io/source.h"

struct bt_archive;

enum { BT_ARCHIVE_HEAD_SIZE = 512 };

// Whether the first bytes of a file are those of an archive that could be opened. `head` holds
// at least BT_ARCHIVE_HEAD_SIZE bytes, or the whole file.
bool bt_is_archive(struct bt_span head);
// Whether they are those of a tar archive.
bool bt_is_tar(struct bt_span head);

// Opens what `packed`, which is borrowed for the life of the archive, holds. It may also be a
// tar archive that is packed with gzip: its parts then come one after the other, and nothing
// has to keep all of it. BT_E_UNSUPPORTED where the library is missing, BT_E_CORRUPT where it
// cannot read the file.
enum bt_status bt_archive_open(struct bt_source *packed, struct bt_archive **ret,
                               struct bt_error *err) BT_MUST_USE;
void bt_archive_close(struct bt_archive *archive); // NULL is accepted

struct bt_archive_member {
    const char *name; // as the archive has it, mostly UTF-8; NULL for a single packed file
    uint64_t size;    // unpacked bytes; 0 where the archive does not tell
    bool encrypted;   // only its name can be read
};

// The next file inside, as a source that the caller closes before the next call. The name is
// valid until then; folders, links and devices are passed over. BT_ABSENT at the end,
// BT_E_LIMIT after BT_LIMIT_ARCHIVE_MEMBERS. After a failure there are no more.
enum bt_status bt_archive_next(struct bt_archive *archive, struct bt_archive_member *ret_member,
                               struct bt_source **ret, struct bt_error *err) BT_MUST_USE;

// Whether the list of what is inside is itself protected with a password; known after
// bt_archive_next has failed.
bool bt_archive_is_locked(const struct bt_archive *archive);

// "zip", "7z", "tar.xz"; "xz" for a single packed file. Known after the first bt_archive_next.
const char *bt_archive_kind(const struct bt_archive *archive);

#endif
