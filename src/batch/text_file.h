// SPDX-License-Identifier: MIT
//
// Reading text that a user or a program wrote: records, lists of files. Plain or gzip.
#ifndef BT_BATCH_TEXT_FILE_H
#define BT_BATCH_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct bt_text_file;

// "-" is standard input.
enum bt_status bt_text_file_open(const char *path, struct bt_text_file **ret,
                                 struct bt_error *err) BT_MUST_USE;
void bt_text_file_close(struct bt_text_file *file); // NULL is accepted

// Up to `size` bytes, which is less than INT_MAX. BT_ABSENT at the end; BT_E_TRUNCATED where
// compressed data has no end, BT_E_CORRUPT where it is damaged.
enum bt_status bt_text_file_read(struct bt_text_file *file, char *buf, size_t size, size_t *ret,
                                 struct bt_error *err) BT_MUST_USE;

// Whether the file is compressed; known after the first read.
bool bt_text_file_is_compressed(const struct bt_text_file *file);

#endif
