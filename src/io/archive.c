// SPDX-License-Identifier: MIT
#include "io/archive.h"

#ifdef BUGTRIAGE_HAVE_LIBARCHIVE

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "io/spool.h"

#define LIBARCHIVE "libarchive.so.13"

enum { BLOCK_SIZE = 64 * 1024 };

// The functions that are used, found by name when the library is loaded.
#define FUNCTIONS(X)                                                                           \
    X(archive_read_new)                                                                        \
    X(archive_read_support_filter_all)                                                         \
    X(archive_read_support_format_all)                                                         \
    X(archive_read_support_format_raw)                                                         \
    X(archive_read_open_filename)                                                              \
    X(archive_read_next_header)                                                                \
    X(archive_read_data)                                                                       \
    X(archive_read_free)                                                                       \
    X(archive_error_string)                                                                    \
    X(archive_format_name)                                                                     \
    X(archive_entry_pathname_utf8)                                                             \
    X(archive_entry_pathname)                                                                  \
    X(archive_entry_filetype)

struct functions {
#define DECLARE(name) __typeof__(name) *name;
    FUNCTIONS(DECLARE)
#undef DECLARE
};

struct bt_archive {
    struct functions f;
    struct archive *handle;
    size_t members;
};

// POSIX guarantees that a function pointer survives the way through void *, ISO C does not.
static bool find_symbol(void *library, const char *name, void *ret_function)
{
    void *symbol = dlsym(library, name);
    memcpy(ret_function, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool load_functions(struct functions *f)
{
    void *library = dlopen(LIBARCHIVE, RTLD_NOW | RTLD_LOCAL);
    bool ok = library != NULL;
#define FIND(name) ok = ok && find_symbol(library, #name, &f->name);
    FUNCTIONS(FIND)
#undef FIND
    return ok;
}

enum bt_status bt_archive_open(const char *path, struct bt_archive **ret, struct bt_error *err)
{
    struct bt_archive *a = calloc(1, sizeof *a);
    if (a == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    if (!load_functions(&a->f)) {
        free(a);
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                       "this is an archive, and libarchive is not installed: unpack it first");
    }
    a->handle = a->f.archive_read_new();
    if (a->handle == NULL) {
        free(a);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    a->f.archive_read_support_filter_all(a->handle);
    a->f.archive_read_support_format_all(a->handle);
    // A single packed file has no format of its own.
    a->f.archive_read_support_format_raw(a->handle);
    if (a->f.archive_read_open_filename(a->handle, path, BLOCK_SIZE) != ARCHIVE_OK) {
        const char *why = a->f.archive_error_string(a->handle);
        bt_error_set(err, BT_E_CORRUPT, BT_NO_OFFSET, "the archive cannot be read: %s",
                     why != NULL ? why : "unknown error");
        bt_archive_close(a);
        return BT_E_CORRUPT;
    }
    *ret = a;
    return BT_OK;
}

void bt_archive_close(struct bt_archive *archive)
{
    if (archive == NULL)
        return;
    archive->f.archive_read_free(archive->handle);
    free(archive);
}

struct member_feed {
    struct bt_feed feed;
    struct bt_archive *archive; // borrowed
};

static enum bt_status read_member(struct bt_feed *self, void *buf, size_t size, size_t *ret,
                                  struct bt_error *err)
{
    struct bt_archive *a = ((struct member_feed *)self)->archive;
    la_ssize_t got = a->f.archive_read_data(a->handle, buf, size);
    if (got < 0) {
        const char *why = a->f.archive_error_string(a->handle);
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "the archive is damaged: %s",
                       why != NULL ? why : "unknown error");
    }
    *ret = (size_t)got;
    return BT_OK;
}

static void close_member(struct bt_feed *self)
{
    free(self);
}

static enum bt_status open_member(struct bt_archive *a, struct bt_source **ret,
                                  struct bt_error *err)
{
    const struct bt_spool_limits limits = {.memory = BT_LIMIT_SPOOL_MEMORY,
                                           .total = BT_LIMIT_SPOOL};
    struct member_feed *member = calloc(1, sizeof *member);
    if (member == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    member->feed = (struct bt_feed){.read = read_member, .close = close_member};
    member->archive = a;
    return bt_spool_open(&member->feed, limits, "archive", 0, ret, err);
}

enum bt_status bt_archive_next(struct bt_archive *archive, const char **ret_name,
                               struct bt_source **ret, struct bt_error *err)
{
    struct archive_entry *entry;
    for (;;) {
        int st = archive->f.archive_read_next_header(archive->handle, &entry);
        if (st == ARCHIVE_EOF)
            return BT_ABSENT;
        if (st < ARCHIVE_WARN) {
            const char *why = archive->f.archive_error_string(archive->handle);
            return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "the archive is damaged: %s",
                           why != NULL ? why : "unknown error");
        }
        if (++archive->members > BT_LIMIT_ARCHIVE_MEMBERS)
            return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "more than %u files in one archive",
                           BT_LIMIT_ARCHIVE_MEMBERS);
        if (archive->f.archive_entry_filetype(entry) == AE_IFREG)
            break;
    }
    const char *name = archive->f.archive_entry_pathname_utf8(entry);
    if (name == NULL)
        name = archive->f.archive_entry_pathname(entry);
    BT_TRY(open_member(archive, ret, err));
    *ret_name = name != NULL ? name : "(no name)";
    return BT_OK;
}

const char *bt_archive_format(const struct bt_archive *archive)
{
    const char *name = archive->f.archive_format_name(archive->handle);
    return name != NULL ? name : "archive";
}

#else

enum bt_status bt_archive_open(const char *path, struct bt_archive **ret, struct bt_error *err)
{
    (void)path;
    (void)ret;
    return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                   "this is an archive, and this build reads none: unpack it first");
}

void bt_archive_close(struct bt_archive *archive)
{
    (void)archive;
}

enum bt_status bt_archive_next(struct bt_archive *archive, const char **ret_name,
                               struct bt_source **ret, struct bt_error *err)
{
    (void)archive;
    (void)ret_name;
    (void)ret;
    return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET, "this build reads no archives");
}

const char *bt_archive_format(const struct bt_archive *archive)
{
    (void)archive;
    return "archive";
}

#endif
