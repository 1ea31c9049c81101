// SPDX-License-Identifier: MIT
//
// Inside of the io room: small reads of a file out of larger ones. A dump is read a few bytes
// at a time, here and there but mostly close together; a call to the system for each of them
// takes longer than everything that is done with the bytes.
#ifndef BT_IO_READ_AHEAD_H
#define BT_IO_READ_AHEAD_H

#include "io/file.h"

struct bt_read_ahead;

// `file` is borrowed for the life of the object.
enum bt_status bt_read_ahead_new(struct bt_file *file, struct bt_read_ahead **ret,
                                 struct bt_error *err) BT_MUST_USE;
void bt_read_ahead_free(struct bt_read_ahead *ahead); // NULL is accepted

// As bt_file_read. What was read before is not looked at again, so a file that changes in the
// meantime may be seen as it was.
enum bt_status bt_read_ahead_read(struct bt_read_ahead *ahead, uint64_t offset, void *buf,
                                  size_t size, size_t *ret, struct bt_error *err) BT_MUST_USE;

#endif
