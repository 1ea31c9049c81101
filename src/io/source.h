// SPDX-License-Identifier: MIT
//
// A source of bytes: a file, bytes in memory, standard input, or what a compressed file holds.
// Positional reads only; nothing is mapped, so a file that shrinks under us is an error and not
// a signal. All system calls on inputs are in this room.
#ifndef BT_IO_SOURCE_H
#define BT_IO_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/reader.h"
#include "base/span.h"

struct bt_source;

// Opens a file for reading. Directories, devices, sockets and FIFOs are refused with a message
// that says what the path is (a FIFO would block: pipe it to standard input instead). A file
// that starts with a gzip header is read through zlib: the source's bytes are the unpacked
// ones.
enum bt_status bt_source_open(const char *path, struct bt_source **ret,
                              struct bt_error *err) BT_MUST_USE;
// The same, but the bytes are the file's own also where they are gzip.
enum bt_status bt_source_open_packed(const char *path, struct bt_source **ret,
                                     struct bt_error *err) BT_MUST_USE;
// The same for a path that a directory has listed as a regular file: that saves a look at it.
enum bt_status bt_source_open_listed(const char *path, struct bt_source **ret,
                                     struct bt_error *err) BT_MUST_USE;
// What a source of gzip data holds. `packed` is borrowed for the life of the new source.
enum bt_status bt_source_unpack(struct bt_source *packed, struct bt_source **ret,
                                struct bt_error *err) BT_MUST_USE;
// Standard input, or any descriptor that can only be read forward; also unpacked where it is
// gzip. What was read is kept (in memory, then in a temporary file), so positional reads work,
// and nothing is read before it is needed. A descriptor of a regular file at its start is read
// in place. The descriptor is borrowed.
enum bt_status bt_source_open_stream(int fd, struct bt_source **ret,
                                     struct bt_error *err) BT_MUST_USE;
// Bytes in memory, borrowed for the life of the source.
enum bt_status bt_source_open_memory(struct bt_span bytes, struct bt_source **ret,
                                     struct bt_error *err) BT_MUST_USE;
void bt_source_close(struct bt_source *source); // NULL is accepted

// Bytes that can be read. For a compressed or streamed source this reads it to its end: prefer
// bt_source_has where a bound is all that is needed.
enum bt_status bt_source_size(struct bt_source *source, uint64_t *ret,
                              struct bt_error *err) BT_MUST_USE;
// Whether [offset, offset + length) can be read.
bool bt_source_has(struct bt_source *source, uint64_t offset, uint64_t length);

// All of buf[0..size) or a failure (BT_E_TRUNCATED past the end).
enum bt_status bt_source_read(struct bt_source *source, uint64_t offset, void *buf, size_t size,
                              struct bt_error *err) BT_MUST_USE;
// What there is of [offset, offset + length), up to the end: *ret may be shorter or empty.
enum bt_status bt_source_view(struct bt_source *source, uint64_t offset, uint64_t length,
                              struct bt_arena *arena, struct bt_span *ret,
                              struct bt_error *err) BT_MUST_USE;

// The same source as a reader; valid as long as the source.
struct bt_reader bt_source_reader(struct bt_source *source);

// Told how far a file or a stream was read: of what is packed, how far its unpacking is.
struct bt_watch {
    void (*moved)(struct bt_watch *self, uint64_t position);
};
// From now on, while the source lives. NULL: nobody.
void bt_source_watch(struct bt_source *source, struct bt_watch *watch);

// The size of the file itself (compressed, where it is), of a member in its archive (where
// that tells), or 0 for a stream.
uint64_t bt_source_file_size(const struct bt_source *source);
// "gzip" and so on, or NULL where the bytes are the file's own.
const char *bt_source_container(const struct bt_source *source);
// Whether any byte can be had for the cost of one read. False for compressed and streamed
// sources, where a byte costs everything before it.
bool bt_source_is_direct(const struct bt_source *source);
// Why a compressed or streamed source ends before its time (damaged gzip data, a limit, a
// failed read), or NULL. Known only once the end was reached; the text lives in the source.
const char *bt_source_damage(const struct bt_source *source);

#endif
