// SPDX-License-Identifier: MIT
#include "batch/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "batch/directory.h"
#include "batch/job_names.h"

// One directory on the way from the root to where the walk is.
struct level {
    struct bt_directory directory;
    size_t next;        // entry to look at
    size_t path_length; // of this directory, in `path`
    bool dumps_only;    // all files are named like dumps
};

struct bt_walk {
    struct level levels[BT_LIMIT_DIRECTORY_DEPTH];
    size_t depth;
    struct bt_buf path;
    bool is_link; // what was handed out last
    uint64_t passed_links;
};

static int compare_entries(const void *a, const void *b)
{
    const struct bt_directory_entry *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static bool holds_dumps_only(const struct bt_directory *directory)
{
    for (size_t i = 0; i < directory->count; i++) {
        const struct bt_directory_entry *entry = &directory->entries[i];
        if (!entry->is_directory && !bt_is_named_like_a_dump(entry->name))
            return false;
    }
    return true;
}

// Enters the directory that walk->path names.
static enum bt_status enter(struct bt_walk *walk, struct bt_error *err)
{
    if (walk->depth == BT_LIMIT_DIRECTORY_DEPTH)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET,
                       "directories are nested more than %u levels deep",
                       BT_LIMIT_DIRECTORY_DEPTH);
    struct level level = {.path_length = walk->path.size};
    BT_TRY(bt_directory_read(bt_buf_cstr(&walk->path), &level.directory, err));
    if (level.directory.count != 0)
        qsort(level.directory.entries, level.directory.count, sizeof *level.directory.entries,
              compare_entries);
    level.dumps_only = holds_dumps_only(&level.directory);
    walk->levels[walk->depth++] = level;
    return BT_OK;
}

enum bt_status bt_walk_open(const char *root, struct bt_walk **ret, struct bt_error *err)
{
    struct bt_walk *walk = calloc(1, sizeof *walk);
    if (walk == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    bt_buf_init(&walk->path, BT_LIMIT_PATH);
    bt_buf_text(&walk->path, root);
    enum bt_status status = bt_buf_status(&walk->path, err);
    if (status == BT_OK)
        status = enter(walk, err);
    if (status == BT_OK)
        *ret = walk;
    else
        bt_walk_close(walk);
    return status;
}

void bt_walk_close(struct bt_walk *walk)
{
    if (walk == NULL)
        return;
    while (walk->depth != 0)
        bt_directory_free(&walk->levels[--walk->depth].directory);
    bt_buf_fini(&walk->path);
    free(walk);
}

// walk->path becomes the path of one entry.
static void set_path(struct bt_walk *walk, const struct level *level, const char *name)
{
    struct bt_buf *path = &walk->path;
    bt_buf_cut(path, level->path_length);
    if (path->size != 0 && path->data[path->size - 1] != '/')
        bt_buf_char(path, '/');
    bt_buf_text(path, name);
}

enum bt_status bt_walk_next(struct bt_walk *walk, const char **ret, struct bt_error *err)
{
    while (walk->depth != 0) {
        struct level *level = &walk->levels[walk->depth - 1];
        if (level->next == level->directory.count) {
            bt_directory_free(&level->directory);
            walk->depth--;
            continue;
        }
        const struct bt_directory_entry *entry = &level->directory.entries[level->next++];
        set_path(walk, level, entry->name);
        walk->is_link = entry->is_link;
        *ret = bt_buf_cstr(&walk->path);
        BT_TRY(bt_buf_status(&walk->path, err));
        if (!entry->is_directory)
            return BT_OK;
        if (entry->is_link)
            walk->passed_links++;
        else
            BT_TRY(enter(walk, err));
    }
    return BT_ABSENT;
}

bool bt_walk_is_link(const struct bt_walk *walk)
{
    return walk->is_link;
}

bool bt_walk_dumps_only(const struct bt_walk *walk)
{
    return walk->levels[walk->depth - 1].dumps_only;
}

uint64_t bt_walk_passed_links(const struct bt_walk *walk)
{
    return walk->passed_links;
}
