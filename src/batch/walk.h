// SPDX-License-Identifier: MIT
//
// The files below a directory, one after the other, in an order that depends on their names
// only: entries of a directory sorted by bytes, a directory's files where its name stands.
#ifndef BT_BATCH_WALK_H
#define BT_BATCH_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct bt_walk;

enum bt_status bt_walk_open(const char *root, struct bt_walk **ret,
                            struct bt_error *err) BT_MUST_USE;
void bt_walk_close(struct bt_walk *walk); // NULL is accepted

// The next file; *ret is valid until the next call. BT_ABSENT at the end. Any other failure is
// about the directory *ret: its files are left out, and the walk may go on.
enum bt_status bt_walk_next(struct bt_walk *walk, const char **ret,
                            struct bt_error *err) BT_MUST_USE;
// Whether the file that was handed out last is a link.
bool bt_walk_is_link(const struct bt_walk *walk);
// Links that were passed over so far: those to directories, and those to nothing.
uint64_t bt_walk_passed_links(const struct bt_walk *walk);
// Whether all files of its directory are named like dumps.
bool bt_walk_dumps_only(const struct bt_walk *walk);

#endif
