// SPDX-License-Identifier: MIT
//
// The entries of one directory; the part of walking that differs between systems.
#ifndef BT_BATCH_DIRECTORY_H
#define BT_BATCH_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

// A link to a file has is_link alone. One to a directory, or to nothing, has both: links to
// directories can lead in circles, so nobody follows them.
struct bt_directory_entry {
    char *name;
    bool is_directory;
    bool is_link;
};

struct bt_directory {
    struct bt_directory_entry *entries; // in no order
    size_t count;
};

// Regular files, directories, and links. FIFOs, sockets and devices are left out without a
// word.
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
