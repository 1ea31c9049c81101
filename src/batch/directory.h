// SPDX-License-Identifier: MIT
//
// The entries of one directory; the part of walking that differs between systems.
#ifndef BT_BATCH_DIRECTORY_H
#define BT_BATCH_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct bt_directory_entry {
    char *name;
    bool is_directory;
    bool is_link; // to a file
};

struct bt_directory {
    struct bt_directory_entry *entries; // in no order
    size_t count;
};

// Regular files, links to regular files, and directories. Links to directories are left out,
// because they can lead in circles; so is everything that is neither, without a word.
enum bt_status bt_directory_read(const char *path, struct bt_directory *ret,
                                 struct bt_error *err) BT_MUST_USE;
void bt_directory_free(struct bt_directory *directory);

bool bt_is_directory(const char *path); // also through a link

// Whether what `path` means, all links followed, lies elsewhere than below `root`.
bool bt_leads_out(const char *root, const char *path);

// Adds an entry; takes no ownership of `name`. For the implementations.
enum bt_status bt_directory_add(struct bt_directory *directory, const char *name,
                                bool is_directory, bool is_link,
                                struct bt_error *err) BT_MUST_USE;

#endif
