// SPDX-License-Identifier: MIT
//
// The names in a folder, once read: symbol stores are asked for many names, and by programs
// that do not mind their case.
#ifndef BT_IO_FOLDER_H
#define BT_IO_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct bt_folder {
    const char *const *names; // files, folders and all else; by name without regard to case
    size_t count;
    bool cut; // there are more than the limit
};

// Reads the names in the folder at `path`, at most `limit`, into the arena. BT_ABSENT where
// there is no folder of that path.
enum bt_status bt_folder_read(const char *path, size_t limit, struct bt_arena *arena,
                              struct bt_folder *ret, struct bt_error *err) BT_MUST_USE;

// The name as the folder spells it: exactly `name` where it is there, otherwise one that
// differs in ASCII case only; or NULL.
const char *bt_folder_find(const struct bt_folder *folder, const char *name);

// Inside of the io room, one implementation per system: hands each name to `add` until it says
// false.
enum bt_status bt_folder_list(const char *path, bool (*add)(void *self, const char *name),
                              void *self, struct bt_error *err) BT_MUST_USE;

#endif
