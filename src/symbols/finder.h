// SPDX-License-Identifier: MIT
//
// Inside of the symbols room: where a symbol file may be. A place to look in is a folder of
// files, a symbol store (<name>/<key>/<name>, or <na>/<name>/<key>/<name> where it says so by a
// file index2.txt), both at once, or one file. Names are compared without regard to case:
// dumps have them as Windows had.
#ifndef BT_SYMBOLS_FINDER_H
#define BT_SYMBOLS_FINDER_H

#include "base/arena.h"
#include "base/limits.h"
#include "io/folder.h"

struct bt_finder_root {
    const char *path; // of the folder
    const char *only; // the one file that counts, or NULL
    bool listed;
    bool two_tier;
    struct bt_folder folder;
};

struct bt_finder {
    struct bt_arena *arena; // owned
    struct bt_finder_root roots[BT_LIMIT_SYMBOL_PATHS];
    size_t root_count;
};

struct bt_finder_query {
    const char *folder; // the file's folder in a symbol store
    const char *key;    // the folder of this build in there, or "a/b/c"; NULL: not in a store
    const char *leaf;   // the file itself
    bool only_there;    // not beside other files
};

enum bt_status bt_finder_init(struct bt_finder *finder, struct bt_error *err) BT_MUST_USE;
void bt_finder_fini(struct bt_finder *finder);

// Adds a place. BT_E_LIMIT past BT_LIMIT_SYMBOL_PATHS.
enum bt_status bt_finder_add(struct bt_finder *finder, const char *path,
                             struct bt_error *err) BT_MUST_USE;

// Hands the files that could be the one asked for to `take`, stores first, place by place,
// until it says BT_OK or that memory is out. BT_ABSENT where none was taken. Paths are in
// `scratch`.
enum bt_status bt_finder_find(struct bt_finder *finder, const struct bt_finder_query *query,
                              struct bt_arena *scratch,
                              enum bt_status (*take)(void *self, const char *path,
                                                     struct bt_error *err),
                              void *self, struct bt_error *err) BT_MUST_USE;

#endif
