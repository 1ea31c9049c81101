// SPDX-License-Identifier: MIT
//
// Everything that an input holds: the file itself, or what it unpacks to, or each file in an
// archive and in the archives in that. One pass, one file open at a time.
#ifndef BT_IO_CONTENTS_H
#define BT_IO_CONTENTS_H

#include "io/source.h"

struct bt_contents;

// BT_E_IO and the like: the file cannot be opened. What cannot be unpacked is told by
// bt_contents_next.
enum bt_status bt_contents_open(const char *path, struct bt_contents **ret,
                                struct bt_error *err) BT_MUST_USE;
// Standard input or another descriptor, borrowed.
enum bt_status bt_contents_open_stream(int fd, struct bt_contents **ret,
                                       struct bt_error *err) BT_MUST_USE;
// Bytes that are there already: the contents own the source, also where this fails.
enum bt_status bt_contents_open_source(struct bt_source *source, struct bt_contents **ret,
                                       struct bt_error *err) BT_MUST_USE;
void bt_contents_close(struct bt_contents *contents); // NULL is accepted

// Who is told how far the input was read; only while something is unpacked, or read from a
// stream. A position is one in the input.
void bt_contents_watch(struct bt_contents *contents, struct bt_watch *watch);

// Texts and the source are valid until the next call.
struct bt_content {
    struct bt_source *source; // NULL: see `encrypted`, or the failure
    const char *member;       // "inner.zip/MEMORY.DMP"; NULL: not in an archive
    const char *container;    // "zip", "zip/gzip" from the outside in; NULL: not packed
    uint64_t size;            // as bt_source_file_size
    bool encrypted;           // protected with a password
    // The first bytes: BT_CONTENT_HEAD of them, or all.
    struct bt_span head;
};

enum { BT_CONTENT_HEAD = 4096 };

// The next file. BT_ABSENT at the end. Any other failure is about the archive that ret->member
// names (NULL: the input itself), and what comes after it goes on.
enum bt_status bt_contents_next(struct bt_contents *contents, struct bt_content *ret,
                                struct bt_error *err) BT_MUST_USE;

// The size of the input itself, or 0 for a stream.
uint64_t bt_contents_file_size(const struct bt_contents *contents);
// Whether the input turned out to be an archive of files; known after bt_contents_next.
bool bt_contents_is_archive(const struct bt_contents *contents);
// Whether the archive that bt_contents_next has just failed for is protected with a password.
bool bt_contents_is_locked(const struct bt_contents *contents);

#endif
