// SPDX-License-Identifier: MIT
#include "io/archive.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#ifdef __APPLE__
#include <xlocale.h>
#endif

#include "base/limits.h"
#include "io/archive_kind.h"
#include "io/archive_library.h"
#include "io/spool.h"

enum { BLOCK_SIZE = 64 * 1024 };

// What the library handed out last of a member: there may be a hole before it.
struct block {
    const unsigned char *data;
    size_t size;
    uint64_t offset; // in the member
    bool bad;        // the library has found fault with it, or with everything up to it
};

struct bt_archive {
    struct bt_archive_library f;
    struct archive *handle;
    const struct bt_archive_kind *kind;
    struct bt_source *packed;     // borrowed
    uint64_t position;            // in `packed`
    struct bt_error source_error; // of reading `packed`
    unsigned char input[BLOCK_SIZE];
    locale_t utf8; // 0: the system has none
    size_t members;
    struct block block;
    uint64_t read; // bytes of the member that were handed out
};

// ---- the library reads through these

static la_ssize_t read_packed(struct archive *handle, void *self, const void **ret)
{
    struct bt_archive *a = self;
    uint64_t there = BLOCK_SIZE;
    (void)handle;
    if (!bt_source_has(a->packed, a->position, BLOCK_SIZE)) {
        uint64_t size = 0;
        if (bt_source_size(a->packed, &size, &a->source_error) != BT_OK)
            return -1;
        there = a->position < size ? size - a->position : 0;
    }
    if (there != 0 && bt_source_read(a->packed, a->position, a->input, (size_t)there,
                                     &a->source_error) != BT_OK)
        return -1;
    a->position += there;
    *ret = a->input;
    return (la_ssize_t)there;
}

// Any number of bytes may be passed over: a read beyond the end says that it is there.
static la_int64_t skip_packed(struct archive *handle, void *self, la_int64_t count)
{
    struct bt_archive *a = self;
    (void)handle;
    if (count < 0 || (uint64_t)count > INT64_MAX - a->position)
        return 0;
    a->position += (uint64_t)count;
    return count;
}

static la_int64_t seek_packed(struct archive *handle, void *self, la_int64_t offset, int whence)
{
    struct bt_archive *a = self;
    uint64_t base = whence == SEEK_CUR ? a->position : 0;
    (void)handle;
    if (whence == SEEK_END && bt_source_size(a->packed, &base, &a->source_error) != BT_OK)
        return ARCHIVE_FATAL;
    if (offset < 0 ? (uint64_t)-offset > base : (uint64_t)offset > INT64_MAX - base)
        return ARCHIVE_FATAL;
    a->position = offset < 0 ? base - (uint64_t)-offset : base + (uint64_t)offset;
    return (la_int64_t)a->position;
}

// ---- opening

static enum bt_status fail(const struct bt_archive *a, const char *what, struct bt_error *err)
{
    const char *why = a->f.archive_error_string(a->handle);
    if (a->source_error.status != BT_OK)
        why = a->source_error.message;
    return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "%s%s%s", what, why != NULL ? ": " : "",
                   why != NULL ? why : "");
}

// One format and no more: what is not used cannot be attacked, and guessing would read the end
// of a packed file only to see that it is no zip. Some filters of the library run programs:
// none of these is one.
static void choose_format(struct bt_archive *a)
{
    static int (*const none)(struct archive *) = NULL;
    int (*const filters[])(struct archive *) = {
        [BT_ARCHIVE_GZIP] = a->f.archive_read_support_filter_gzip,
        [BT_ARCHIVE_XZ] = a->f.archive_read_support_filter_xz,
        [BT_ARCHIVE_ZSTD] = a->f.archive_read_support_filter_zstd,
        [BT_ARCHIVE_BZIP2] = a->f.archive_read_support_filter_bzip2,
        [BT_ARCHIVE_LZMA] = a->f.archive_read_support_filter_lzma,
    };
    int (*const formats[])(struct archive *) = {
        [BT_ARCHIVE_ZIP] = a->f.archive_read_support_format_zip,
        [BT_ARCHIVE_7Z] = a->f.archive_read_support_format_7zip,
        [BT_ARCHIVE_CAB] = a->f.archive_read_support_format_cab,
        [BT_ARCHIVE_TAR] = a->f.archive_read_support_format_tar,
        [BT_ARCHIVE_RAR] = a->f.archive_read_support_format_rar,
    };
    enum bt_archive_format format = a->kind->format;
    if (a->kind->tar_name == NULL) {
        (void)(format < BT_COUNT(formats) ? formats[format] : none)(a->handle);
        if (format == BT_ARCHIVE_RAR)
            (void)a->f.archive_read_support_format_rar5(a->handle);
        return;
    }
    (void)filters[format](a->handle);
    (void)a->f.archive_read_support_format_tar(a->handle);
    if (format != BT_ARCHIVE_GZIP) // see bt_archive_open
        (void)a->f.archive_read_support_format_raw(a->handle);
}

static enum bt_status start(struct bt_archive *a, struct bt_error *err)
{
    BT_TRY(bt_archive_library_load(&a->f, err));
    a->handle = a->f.archive_read_new();
    if (a->handle == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    a->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    choose_format(a);
    a->f.archive_read_set_seek_callback(a->handle, seek_packed);
    if (a->f.archive_read_open2(a->handle, a, NULL, read_packed, skip_packed, NULL) !=
        ARCHIVE_OK)
        return fail(a, "the archive cannot be read", err);
    return BT_OK;
}

enum bt_status bt_archive_open(struct bt_source *packed, struct bt_archive **ret,
                               struct bt_error *err)
{
    unsigned char head[BT_ARCHIVE_HEAD_SIZE];
    uint64_t size = sizeof head;
    if (!bt_source_has(packed, 0, sizeof head))
        BT_TRY(bt_source_size(packed, &size, err));
    BT_TRY(bt_source_read(packed, 0, head, (size_t)size, err));
    const struct bt_archive_kind *kind =
        bt_archive_find_kind((struct bt_span){.data = head, .size = (size_t)size});
    if (kind == NULL)
        return BT_FAIL(err, BT_E_CORRUPT, 0, "this is no archive");
    struct bt_archive *a = calloc(1, sizeof *a);
    if (a == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    a->kind = kind;
    a->packed = packed;
    enum bt_status status = start(a, err);
    if (status == BT_OK)
        *ret = a;
    else
        bt_archive_close(a);
    return status;
}

void bt_archive_close(struct bt_archive *archive)
{
    if (archive == NULL)
        return;
    if (archive->handle != NULL)
        archive->f.archive_read_free(archive->handle);
    if (archive->utf8 != (locale_t)0)
        freelocale(archive->utf8);
    free(archive);
}

// ---- members

struct member_feed {
    struct bt_feed feed;
    struct bt_archive *archive; // borrowed
};

// The next block of the member; BT_ABSENT at its end. What the library has doubts about is
// handed out first, and then the doubt: a checksum fails after the last byte.
static enum bt_status next_block(struct bt_archive *a, struct bt_error *err)
{
    const void *data = NULL;
    size_t size = 0;
    la_int64_t offset = 0;
    if (a->block.bad)
        return fail(a, "the archive is damaged", err);
    int result = a->f.archive_read_data_block(a->handle, &data, &size, &offset);
    if (result == ARCHIVE_EOF)
        return BT_ABSENT;
    if (result < ARCHIVE_WARN || offset < 0 || (uint64_t)offset < a->read)
        return fail(a, "the archive is damaged", err);
    a->block = (struct block){data, size, (uint64_t)offset, result == ARCHIVE_WARN};
    return BT_OK;
}

static enum bt_status read_member(struct bt_feed *self, void *buf, size_t size, size_t *ret,
                                  struct bt_error *err)
{
    struct bt_archive *a = ((struct member_feed *)self)->archive;
    *ret = 0;
    while (a->read >= a->block.offset && a->read - a->block.offset >= a->block.size) {
        enum bt_status status = next_block(a, err);
        if (status != BT_OK)
            return status == BT_ABSENT ? BT_OK : status;
    }
    bool hole = a->read < a->block.offset;
    uint64_t at = hole ? 0 : a->read - a->block.offset;
    uint64_t left = hole ? a->block.offset - a->read : a->block.size - at;
    *ret = left < size ? (size_t)left : size;
    if (hole)
        memset(buf, 0, *ret);
    else
        memcpy(buf, &a->block.data[at], *ret);
    a->read += *ret;
    return BT_OK;
}

static void close_member(struct bt_feed *self)
{
    free(self);
}

static enum bt_status open_member(struct bt_archive *a, uint64_t size, struct bt_source **ret,
                                  struct bt_error *err)
{
    const struct bt_spool_limits limits = {.memory = BT_LIMIT_SPOOL_MEMORY,
                                           .total = BT_LIMIT_SPOOL};
    struct member_feed *member = calloc(1, sizeof *member);
    if (member == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    member->feed = (struct bt_feed){.read = read_member, .close = close_member};
    member->archive = a;
    a->block = (struct block){0};
    a->read = 0;
    return bt_spool_open(&member->feed, limits, bt_archive_kind(a), size, ret, err);
}

static bool is_raw(const struct bt_archive *a)
{
    return (a->f.archive_format(a->handle) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAW;
}

static void describe(struct bt_archive *a, struct archive_entry *entry,
                     struct bt_archive_member *ret)
{
    *ret = (struct bt_archive_member){.encrypted =
                                          a->f.archive_entry_is_data_encrypted(entry) == 1};
    if (is_raw(a)) {
        ret->size = bt_source_file_size(a->packed);
        return;
    }
    if (a->f.archive_entry_size_is_set(entry) && a->f.archive_entry_size(entry) > 0)
        ret->size = (uint64_t)a->f.archive_entry_size(entry);
    ret->name = a->f.archive_entry_pathname_utf8(entry);
    if (ret->name == NULL)
        ret->name = a->f.archive_entry_pathname(entry);
    if (ret->name == NULL || *ret->name == '\0')
        ret->name = "(no name)";
}

static enum bt_status find_file(struct bt_archive *a, struct bt_archive_member *ret,
                                struct bt_error *err)
{
    struct archive_entry *entry;
    for (;;) {
        int st = a->f.archive_read_next_header(a->handle, &entry);
        if (st == ARCHIVE_EOF)
            return BT_ABSENT;
        if (st < ARCHIVE_WARN)
            return fail(a, "the archive is damaged", err);
        if (++a->members > BT_LIMIT_ARCHIVE_MEMBERS)
            return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "more than %u files in one archive",
                           BT_LIMIT_ARCHIVE_MEMBERS);
        if (a->f.archive_entry_filetype(entry) == AE_IFREG)
            break;
    }
    // Bytes that only look like those of a packer: the library would hand them out as they are.
    if (is_raw(a) && a->f.archive_filter_code(a->handle, 0) == ARCHIVE_FILTER_NONE)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "this is no %s data", a->kind->name);
    describe(a, entry, ret);
    return BT_OK;
}

enum bt_status bt_archive_next(struct bt_archive *archive, struct bt_archive_member *ret_member,
                               struct bt_source **ret, struct bt_error *err)
{
    // The library turns names into the character set of the locale first: one that has all
    // characters, for this thread and this call only.
    locale_t before = archive->utf8 != (locale_t)0 ? uselocale(archive->utf8) : (locale_t)0;
    enum bt_status status = find_file(archive, ret_member, err);
    if (before != (locale_t)0)
        uselocale(before);
    BT_TRY(status);
    return open_member(archive, ret_member->size, ret, err);
}

bool bt_archive_is_locked(const struct bt_archive *archive)
{
    return archive->f.archive_read_has_encrypted_entries(archive->handle) == 1;
}

const char *bt_archive_kind(const struct bt_archive *archive)
{
    bool packed_tar = archive->kind->tar_name != NULL && !is_raw(archive);
    return packed_tar ? archive->kind->tar_name : archive->kind->name;
}
