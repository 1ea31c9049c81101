// SPDX-License-Identifier: MIT
#include "symbols/finder.h"

#include <string.h>

#include "base/text.h"

// One run of bt_finder_find.
struct search {
    const struct bt_finder_query *query;
    struct bt_arena *scratch;
    enum bt_status (*take)(void *self, const char *path, struct bt_error *err);
    void *self;
};

// All the names that places list, and the places.
static const uint64_t ARENA_SIZE = UINT64_C(256) << 20;

enum bt_status bt_finder_init(struct bt_finder *finder, struct bt_error *err)
{
    *finder = (struct bt_finder){.arena = bt_arena_new(ARENA_SIZE)};
    if (finder->arena == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    return BT_OK;
}

void bt_finder_fini(struct bt_finder *finder)
{
    bt_arena_free(finder->arena);
}

enum bt_status bt_finder_add(struct bt_finder *finder, const char *path, struct bt_error *err)
{
    if (finder->root_count == BT_LIMIT_SYMBOL_PATHS)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "more than %u places to look in",
                       BT_LIMIT_SYMBOL_PATHS);
    struct bt_finder_root *root = &finder->roots[finder->root_count];
    static const char by_id[] = "/.build-id", bundle[] = ".dSYM";
    *root = (struct bt_finder_root){0};
    // Debuggers on Linux keep files by build id in such a folder; files are looked for in the
    // one around it, as others are.
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        size--;
    if (size > sizeof by_id &&
        memcmp(path + size - sizeof by_id + 1, by_id, sizeof by_id - 1) == 0)
        size -= sizeof by_id - 1;
    // So are bundles of debug information of Apple's systems.
    else if (size > sizeof bundle &&
             bt_ieq_n(path + size - sizeof bundle + 1, bundle, sizeof bundle - 1)) {
        while (size > 0 && path[size - 1] != '/')
            size--;
    }
    BT_TRY(size != 0 ? bt_arena_text(finder->arena, path, size, &root->path, err)
                     : bt_arena_text(finder->arena, ".", 1, &root->path, err));
    finder->root_count++;
    return BT_OK;
}

// Where a path is no folder it is a file: it stands for a folder with nothing else in it.
static enum bt_status treat_as_file(struct bt_finder *finder, struct bt_finder_root *root,
                                    struct bt_error *err)
{
    root->only = bt_basename(root->path);
    size_t size = (size_t)(root->only - root->path);
    if (size == 0) {
        root->path = ".";
        return BT_OK;
    }
    return bt_arena_text(finder->arena, root->path, size, &root->path, err);
}

// What is in the place, read once. A place that is not there has nothing in it.
static enum bt_status list(struct bt_finder *finder, struct bt_finder_root *root,
                           struct bt_error *err)
{
    if (root->listed)
        return BT_OK;
    root->listed = true;
    enum bt_status st =
        bt_folder_read(root->path, BT_LIMIT_FOLDER_NAMES, finder->arena, &root->folder, err);
    root->two_tier = bt_folder_find(&root->folder, "index2.txt") != NULL;
    if (st == BT_ABSENT)
        return treat_as_file(finder, root, err);
    return st == BT_E_NOMEM ? st : BT_OK;
}

// A folder may have the name of a file: the store's folder of that file.
static enum bt_status hand_over(struct search *search, const char *folder, const char *leaf,
                                struct bt_error *err)
{
    const char *path;
    struct bt_folder names;
    BT_TRY(bt_arena_printf(search->scratch, &path, err, "%s/%s", folder, leaf));
    if (bt_folder_read(path, 0, search->scratch, &names, NULL) == BT_OK)
        return BT_ABSENT;
    return search->take(search->self, path, err);
}

// The name in a folder that differs from `name` in case at most, as a path; NULL where there is
// none.
static enum bt_status descend(struct search *search, const char *folder, const char *name,
                              const char **ret, struct bt_error *err)
{
    struct bt_folder names;
    BT_TRY(bt_folder_read(folder, BT_LIMIT_FOLDER_NAMES, search->scratch, &names, err));
    const char *found = bt_folder_find(&names, name);
    if (found == NULL)
        return BT_ABSENT;
    return bt_arena_printf(search->scratch, ret, err, "%s/%s", folder, found);
}

// The same for folders in each other: "Contents/Resources/DWARF".
static enum bt_status descend_all(struct search *search, const char *folder, const char *names,
                                  const char **ret, struct bt_error *err)
{
    while (*names != '\0') {
        const char *name, *slash = strchr(names, '/');
        size_t size = slash != NULL ? (size_t)(slash - names) : strlen(names);
        BT_TRY(bt_arena_text(search->scratch, names, size, &name, err));
        BT_TRY(descend(search, folder, name, &folder, err));
        names += size + (slash != NULL);
    }
    *ret = folder;
    return BT_OK;
}

// <folder>/<key>/<leaf>, where <folder> is a path that exists; also the packed form of a leaf.
static enum bt_status search_store(struct search *search, const char *folder,
                                   struct bt_error *err)
{
    const char *build, *path, *packed;
    const char *leaf = search->query->leaf;
    BT_TRY(descend_all(search, folder, search->query->key, &build, err));
    enum bt_status st = descend(search, build, leaf, &path, err);
    if (st == BT_ABSENT && *leaf != '\0') {
        BT_TRY(bt_arena_printf(search->scratch, &packed, err, "%.*s_", (int)strlen(leaf) - 1,
                               leaf));
        st = descend(search, build, packed, &path, err);
    }
    BT_TRY(st);
    return search->take(search->self, path, err);
}

static enum bt_status search_tier(struct search *search, const struct bt_finder_root *root,
                                  struct bt_error *err)
{
    const char *name = search->query->folder, *tier, *path;
    char start[3] = {0};
    memcpy(start, name, strnlen(name, 2));
    const char *found = bt_folder_find(&root->folder, start);
    if (found == NULL)
        return BT_ABSENT;
    BT_TRY(bt_arena_printf(search->scratch, &tier, err, "%s/%s", root->path, found));
    BT_TRY(descend(search, tier, name, &path, err));
    return search_store(search, path, err);
}

static enum bt_status search_one_tier(struct search *search, const struct bt_finder_root *root,
                                      struct bt_error *err)
{
    const char *path;
    const char *found = bt_folder_find(&root->folder, search->query->folder);
    if (found == NULL)
        return BT_ABSENT;
    BT_TRY(bt_arena_printf(search->scratch, &path, err, "%s/%s", root->path, found));
    return search_store(search, path, err);
}

static enum bt_status search_flat(struct search *search, const struct bt_finder_root *root,
                                  struct bt_error *err)
{
    const char *leaf = search->query->leaf;
    if (root->only != NULL)
        return bt_ieq(root->only, leaf) ? hand_over(search, root->path, root->only, err)
                                        : BT_ABSENT;
    const char *found = bt_folder_find(&root->folder, leaf);
    if (found == NULL && root->folder.cut) // not all names are known: it may be there
        found = leaf;
    return found != NULL ? hand_over(search, root->path, found, err) : BT_ABSENT;
}

static enum bt_status search_root(struct search *search, const struct bt_finder_root *root,
                                  struct bt_error *err)
{
    enum bt_status st = BT_ABSENT;
    if (search->query->key != NULL && root->only == NULL) {
        st = root->two_tier ? search_tier(search, root, err) : BT_ABSENT;
        if (st != BT_OK && st != BT_E_NOMEM)
            st = search_one_tier(search, root, err);
    }
    if (st != BT_OK && st != BT_E_NOMEM && !search->query->only_there)
        st = search_flat(search, root, err);
    return st;
}

enum bt_status bt_finder_find(struct bt_finder *finder, const struct bt_finder_query *query,
                              struct bt_arena *scratch,
                              enum bt_status (*take)(void *self, const char *path,
                                                     struct bt_error *err),
                              void *self, struct bt_error *err)
{
    struct search search = {.query = query, .scratch = scratch, .take = take, .self = self};
    for (size_t i = 0; i < finder->root_count; i++) {
        BT_TRY(list(finder, &finder->roots[i], err));
        enum bt_status st = search_root(&search, &finder->roots[i], err);
        if (st == BT_OK || st == BT_E_NOMEM)
            return st;
    }
    return BT_ABSENT;
}
