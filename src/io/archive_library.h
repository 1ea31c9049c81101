// SPDX-License-Identifier: MIT
//
// Inside of the io room: the functions of libarchive that are used, found when the first
// archive is met. Only for builds that have its headers.
#ifndef BT_IO_ARCHIVE_LIBRARY_H
#define BT_IO_ARCHIVE_LIBRARY_H

#include <archive.h>
#include <archive_entry.h>

#include "base/error.h"

#define BT_ARCHIVE_FUNCTIONS(X)                                                                \
    X(archive_read_new)                                                                        \
    X(archive_read_support_filter_gzip)                                                        \
    X(archive_read_support_filter_xz)                                                          \
    X(archive_read_support_filter_zstd)                                                        \
    X(archive_read_support_filter_bzip2)                                                       \
    X(archive_read_support_filter_lzma)                                                        \
    X(archive_read_support_format_zip)                                                         \
    X(archive_read_support_format_7zip)                                                        \
    X(archive_read_support_format_cab)                                                         \
    X(archive_read_support_format_tar)                                                         \
    X(archive_read_support_format_rar)                                                         \
    X(archive_read_support_format_rar5)                                                        \
    X(archive_read_support_format_raw)                                                         \
    X(archive_read_set_seek_callback)                                                          \
    X(archive_read_open2)                                                                      \
    X(archive_read_next_header)                                                                \
    X(archive_read_data_block)                                                                 \
    X(archive_read_has_encrypted_entries)                                                      \
    X(archive_read_free)                                                                       \
    X(archive_error_string)                                                                    \
    X(archive_format)                                                                          \
    X(archive_filter_code)                                                                     \
    X(archive_entry_pathname_utf8)                                                             \
    X(archive_entry_pathname)                                                                  \
    X(archive_entry_filetype)                                                                  \
    X(archive_entry_size)                                                                      \
    X(archive_entry_size_is_set)                                                               \
    X(archive_entry_is_data_encrypted)

struct bt_archive_library {
#define BT_DECLARE_FUNCTION(name) __typeof__(name) *name;
    BT_ARCHIVE_FUNCTIONS(BT_DECLARE_FUNCTION)
#undef BT_DECLARE_FUNCTION
};

// BT_E_UNSUPPORTED: it is not there, and the message says what to install.
enum bt_status bt_archive_library_load(struct bt_archive_library *ret,
                                       struct bt_error *err) BT_MUST_USE;

#endif
