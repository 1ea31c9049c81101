// SPDX-License-Identifier: MIT
//
// Finds and reads the source files of knowledge, and writes images.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/text.h"
#include "kb/compile.h"

enum { MAX_DEPTH = 8 };
#define MAX_SOURCES 2000000u

struct found {
    struct bt_kb_source *items;
    size_t count, capacity;
    struct bt_arena *arena; // names, and contents where they are not empty
};

// A directory that was found.
struct waiting {
    const char *path, *name; // name: inside the given path, "" for itself
    unsigned depth;
    size_t parent; // in the queue; its own index for the first
    dev_t device;
    ino_t inode; // 0 where the system has none
};

// Directories stay where they are once they are read: those below them ask for their parents.
struct queue {
    struct waiting *items;
    size_t count, capacity;
};

static enum bt_status out_of_memory(struct bt_error *err)
{
    return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
}

static enum bt_status read_file(const char *path, struct bt_arena *arena, struct bt_span *ret,
                                struct bt_error *err)
{
    // One byte more than is allowed, so that the compiler sees a file that is too large.
    size_t capacity = BT_LIMIT_SOURCE_FILE + 1, size = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return BT_FAIL_OS(err, errno, "cannot open %s", path);
    char *data = malloc(capacity);
    if (data != NULL)
        size = fread(data, 1, capacity, file);
    int failure = ferror(file) ? errno : 0;
    fclose(file);
    enum bt_status status = BT_OK;
    const char *copy = NULL;
    if (data == NULL)
        status = out_of_memory(err);
    else if (failure != 0)
        status = BT_FAIL_OS(err, failure, "cannot read %s", path);
    else
        status = bt_arena_text(arena, data, size, &copy, err);
    free(data);
    if (status == BT_OK)
        *ret = (struct bt_span){.data = (const uint8_t *)copy, .size = size};
    return status;
}

static enum bt_status add_source(struct found *found, const char *path, const char *name,
                                 struct bt_error *err)
{
    if (found->count == found->capacity) {
        size_t capacity = found->capacity == 0 ? 256 : found->capacity * 2;
        struct bt_kb_source *items = realloc(found->items, capacity * sizeof *items);
        if (items == NULL)
            return out_of_memory(err);
        found->items = items;
        found->capacity = capacity;
    }
    if (found->count == MAX_SOURCES)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "more than %u source files", MAX_SOURCES);
    struct bt_kb_source *source = &found->items[found->count];
    source->name = name;
    source->path = path;
    BT_TRY(read_file(path, found->arena, &source->bytes, err));
    found->count++;
    return BT_OK;
}

static enum bt_status add_waiting(struct queue *queue, struct waiting item,
                                  struct bt_error *err)
{
    if (queue->count == queue->capacity) {
        size_t capacity = queue->capacity == 0 ? 16 : queue->capacity * 2;
        struct waiting *items = realloc(queue->items, capacity * sizeof *items);
        if (items == NULL)
            return out_of_memory(err);
        queue->items = items;
        queue->capacity = capacity;
    }
    queue->items[queue->count++] = item;
    return BT_OK;
}

// Whether a directory, found in the one at `parent`, is one that leads to itself.
static bool is_circle(const struct queue *queue, size_t parent, const struct stat *info)
{
    for (;;) {
        const struct waiting *above = &queue->items[parent];
        if (info->st_ino != 0 && above->inode == info->st_ino && above->device == info->st_dev)
            return true;
        if (above->parent == parent)
            return false;
        parent = above->parent;
    }
}

static bool is_source_name(const char *name)
{
    return bt_iends_with(name, ".yaml") || bt_iends_with(name, ".yml") ||
           bt_iends_with(name, ".tsv");
}

static enum bt_status take_entry(size_t at, const char *entry, struct queue *queue,
                                 struct found *found, struct bt_error *err)
{
    const struct waiting *in = &queue->items[at];
    struct stat info;
    const char *path = NULL, *name = NULL;
    if (entry[0] == '.')
        return BT_OK;
    BT_TRY(bt_arena_printf(found->arena, &path, err, "%s/%s", in->path, entry));
    BT_TRY(bt_arena_printf(found->arena, &name, err, "%s%s%s", in->name,
                           in->name[0] != '\0' ? "/" : "", entry));
    if (stat(path, &info) != 0)
        return BT_FAIL_OS(err, errno, "cannot look at %s", path);
    if (S_ISREG(info.st_mode) && is_source_name(entry))
        return add_source(found, path, name, err);
    if (!S_ISDIR(info.st_mode) || in->depth == MAX_DEPTH || is_circle(queue, at, &info))
        return BT_OK;
    return add_waiting(queue,
                       (struct waiting){.path = path,
                                        .name = name,
                                        .depth = in->depth + 1,
                                        .parent = at,
                                        .device = info.st_dev,
                                        .inode = info.st_ino},
                       err);
}

static enum bt_status read_directory(size_t at, struct queue *queue, struct found *found,
                                     struct bt_error *err)
{
    const char *path = queue->items[at].path;
    DIR *directory = opendir(path);
    enum bt_status status = BT_OK;
    if (directory == NULL)
        return BT_FAIL_OS(err, errno, "cannot open %s", path);
    for (;;) {
        // The order of entries does not matter: the compiler sorts.
        const struct dirent *entry = readdir(directory); // NOLINT(concurrency-mt-unsafe)
        if (entry == NULL || status != BT_OK)
            break;
        status = take_entry(at, entry->d_name, queue, found, err);
    }
    closedir(directory);
    return status;
}

static enum bt_status find_sources(const char *path, struct queue *queue, struct found *found,
                                   struct bt_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return BT_FAIL_OS(err, errno, "cannot open %s", path);
    if (!S_ISDIR(info.st_mode))
        return add_source(found, path, bt_basename(path), err);
    queue->count = 0;
    const struct waiting first = {
        .path = path, .name = "", .device = info.st_dev, .inode = info.st_ino};
    BT_TRY(add_waiting(queue, first, err));
    for (size_t i = 0; i < queue->count; i++)
        BT_TRY(read_directory(i, queue, found, err));
    return BT_OK;
}

enum bt_status bt_kb_compile_paths(const char *const *paths, size_t count,
                                   const struct bt_kb_compile_options *options,
                                   struct bt_buf *image, struct bt_kb_diagnostics *diagnostics,
                                   struct bt_kb_compile_counts *counts, struct bt_error *err)
{
    struct found found = {.arena = bt_arena_new(UINT64_C(4) << 30)};
    struct queue queue = {0};
    enum bt_status status = found.arena != NULL ? BT_OK : out_of_memory(err);
    *counts = (struct bt_kb_compile_counts){0};
    for (size_t i = 0; status == BT_OK && i < count; i++)
        status = find_sources(paths[i], &queue, &found, err);
    if (status == BT_OK && found.count == 0)
        status = BT_FAIL(err, BT_E_SYNTAX, BT_NO_OFFSET,
                         "no source file (.yaml, .yml, .tsv) was found");
    if (status == BT_OK)
        status =
            bt_kb_compile(found.items, found.count, options, image, diagnostics, counts, err);
    free(found.items);
    free(queue.items);
    bt_arena_free(found.arena);
    return status;
}

enum bt_status bt_kb_write_image(const struct bt_buf *image, const char *path,
                                 struct bt_error *err)
{
    struct bt_buf name;
    bt_buf_init(&name, 64 << 10);
    bt_buf_printf(&name, "%s.part", path);
    BT_TRY(bt_buf_status(&name, err));
    const char *part = bt_buf_cstr(&name);
    enum bt_status status = BT_OK;
    FILE *file = fopen(part, "wb");
    if (file == NULL) {
        status = BT_FAIL_OS(err, errno, "cannot write %s", part);
    } else {
        bool written = fwrite(image->data, 1, image->size, file) == image->size;
        if (fclose(file) != 0 || !written)
            status = BT_FAIL_OS(err, errno, "cannot write %s", part);
#ifdef _WIN32
        remove(path); // rename does not replace there
#endif
        if (status == BT_OK && rename(part, path) != 0)
            status = BT_FAIL_OS(err, errno, "cannot rename %s to %s", part, path);
        if (status != BT_OK)
            remove(part);
    }
    bt_buf_fini(&name);
    return status;
}
