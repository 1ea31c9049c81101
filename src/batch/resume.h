// SPDX-License-Identifier: MIT
//
// Which inputs an earlier run has recorded already, out of the records it wrote.
#ifndef BT_BATCH_RESUME_H
#define BT_BATCH_RESUME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct bt_resume;

enum bt_status bt_resume_new(struct bt_resume **ret, struct bt_error *err) BT_MUST_USE;
void bt_resume_free(struct bt_resume *resume); // NULL is accepted

// Adds the inputs of all whole records of a file. *ret_whole is the size of the file up to the
// end of its last whole line: what follows is a record that was cut, and no part of the sum.
// BT_E_CORRUPT: the file holds something else than records.
enum bt_status bt_resume_add(struct bt_resume *resume, const char *path, uint64_t *ret_whole,
                             struct bt_error *err) BT_MUST_USE;

// Whether an input was recorded: `member` is the name inside an archive, or NULL. That some
// members were recorded says nothing of their archive.
bool bt_resume_has(const struct bt_resume *resume, const char *path, const char *member);
// How many inputs were recorded under that name. Names that differ only in bytes that are no
// UTF-8 are alike in records.
uint32_t bt_resume_times(const struct bt_resume *resume, const char *path);
// Appends a name as a record has it.
void bt_resume_recorded_name(const char *name, struct bt_buf *out);
uint64_t bt_resume_count(const struct bt_resume *resume);

#endif
