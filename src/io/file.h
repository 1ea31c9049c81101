// SPDX-License-Identifier: MIT
//
// Inside of the io room: the system calls on inputs, one implementation per system
// (file_posix.c, file_windows.c).
#ifndef BT_IO_FILE_H
#define BT_IO_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct bt_file;

// Opens a regular file for reading. Anything else is refused with a message that says what the
// path is: a FIFO would block, and opening some devices has effects. `path` is UTF-8 on
// Windows, bytes elsewhere.
enum bt_status bt_file_open(const char *path, struct bt_file **ret,
                            struct bt_error *err) BT_MUST_USE;
// The same for a path that a directory has listed as a regular file: it is not looked at before
// it is opened. What it has become since is refused all the same, and blocks nothing.
enum bt_status bt_file_open_listed(const char *path, struct bt_file **ret,
                                   struct bt_error *err) BT_MUST_USE;
// A descriptor that is a regular file standing at its start, borrowed; BT_ABSENT for any other.
enum bt_status bt_file_borrow(int fd, struct bt_file **ret, struct bt_error *err) BT_MUST_USE;
// A new empty file that has no name and disappears with its handle.
enum bt_status bt_file_temporary(struct bt_file **ret, struct bt_error *err) BT_MUST_USE;
// Bytes that can still be written to the file system of a temporary file; UINT64_MAX where the
// system does not tell.
uint64_t bt_file_space(const struct bt_file *file);
void bt_file_close(struct bt_file *file); // NULL is accepted

// Bytes in the file when it was opened.
uint64_t bt_file_size(const struct bt_file *file);
// buf[0..size) from `offset`; *ret is smaller only at the end of the file.
enum bt_status bt_file_read(struct bt_file *file, uint64_t offset, void *buf, size_t size,
                            size_t *ret, struct bt_error *err) BT_MUST_USE;
// All of data[0..size) to `offset`.
enum bt_status bt_file_write(struct bt_file *file, uint64_t offset, const void *data,
                             size_t size, struct bt_error *err) BT_MUST_USE;

// The next bytes of a descriptor, at most `size`; 0 at the end.
enum bt_status bt_stream_read(int fd, void *buf, size_t size, size_t *ret,
                              struct bt_error *err) BT_MUST_USE;

#endif
