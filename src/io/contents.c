// SPDX-License-Identifier: MIT
#include "io/contents.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "io/archive.h"
#include "io/feed.h"

// One step from the outside in: bytes, and what they hold where that was opened.
struct level {
    struct bt_source *source;   // owned
    struct bt_archive *archive; // owned; reads `source`
    size_t member, container;   // sizes of both texts at this level
};

struct bt_contents {
    // The file itself and one more than the depth: the innermost file.
    struct level levels[BT_LIMIT_ARCHIVE_DEPTH + 2];
    size_t depth;
    struct bt_buf member, container;
    uint64_t file_size;
    bool handed_out; // the innermost level is a file that the caller has
    bool is_archive, is_locked;
    struct bt_watch *watch;
    unsigned char head[BT_CONTENT_HEAD];
};

enum bt_status bt_contents_open_source(struct bt_source *source, struct bt_contents **ret,
                                       struct bt_error *err)
{
    struct bt_contents *c = calloc(1, sizeof *c);
    if (c == NULL) {
        bt_source_close(source);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    bt_buf_init(&c->member, BT_LIMIT_PATH);
    bt_buf_init(&c->container, BT_LIMIT_PATH);
    bt_buf_text(&c->container, bt_source_container(source));
    c->file_size = bt_source_file_size(source);
    c->levels[0].source = source;
    c->levels[0].container = c->container.size;
    c->depth = 1;
    *ret = c;
    return BT_OK;
}

enum bt_status bt_contents_open(const char *path, struct bt_contents **ret,
                                struct bt_error *err)
{
    struct bt_source *source;
    BT_TRY(bt_source_open_packed(path, &source, err));
    return bt_contents_open_source(source, ret, err);
}

enum bt_status bt_contents_open_stream(int fd, struct bt_contents **ret, struct bt_error *err)
{
    struct bt_source *source;
    BT_TRY(bt_source_open_stream(fd, &source, err));
    return bt_contents_open_source(source, ret, err);
}

static void drop_innermost(struct bt_contents *c)
{
    struct level *level = &c->levels[--c->depth];
    bt_archive_close(level->archive);
    bt_source_close(level->source);
    *level = (struct level){0};
}

// A file or archive that is done with, and what it alone was unpacked from.
static void drop_level(struct bt_contents *c)
{
    do
        drop_innermost(c);
    while (c->depth != 0 && c->levels[c->depth - 1].archive == NULL);
}

void bt_contents_close(struct bt_contents *c)
{
    if (c == NULL)
        return;
    while (c->depth != 0)
        drop_innermost(c);
    bt_buf_fini(&c->member);
    bt_buf_fini(&c->container);
    free(c);
}

void bt_contents_watch(struct bt_contents *c, struct bt_watch *watch)
{
    c->watch = watch;
    if (!bt_source_is_direct(c->levels[0].source))
        bt_source_watch(c->levels[0].source, watch);
}

bool bt_contents_is_archive(const struct bt_contents *c)
{
    return c->is_archive;
}

uint64_t bt_contents_file_size(const struct bt_contents *c)
{
    return c->file_size;
}

bool bt_contents_is_locked(const struct bt_contents *c)
{
    return c->is_locked;
}

static struct level *innermost(struct bt_contents *c)
{
    return &c->levels[c->depth - 1];
}

// One more level, for a source that it then owns.
static void push(struct bt_contents *c, struct bt_source *source)
{
    const char *container = bt_source_container(source);
    if (container != NULL && c->container.size != 0)
        bt_buf_char(&c->container, '/');
    bt_buf_text(&c->container, container);
    c->levels[c->depth++] = (struct level){
        .source = source, .member = c->member.size, .container = c->container.size};
}

// The texts as they were at the innermost level. They forget that they were too long with it.
static void cut_texts(struct bt_contents *c)
{
    bt_buf_cut(&c->member, innermost(c)->member);
    bt_buf_cut(&c->container, innermost(c)->container);
}

static void fill(struct bt_contents *c, struct bt_content *ret)
{
    ret->member = c->member.size != 0 ? bt_buf_cstr(&c->member) : NULL;
    ret->container = c->container.size != 0 ? bt_buf_cstr(&c->container) : NULL;
}

// An archive that has failed, or comes to its end.
static void leave(struct bt_contents *c, struct bt_content *ret)
{
    cut_texts(c);
    fill(c, ret);
    ret->size = bt_source_file_size(innermost(c)->source);
    if (innermost(c)->archive != NULL)
        c->is_locked = bt_archive_is_locked(innermost(c)->archive);
    drop_level(c);
}

// A name becomes valid UTF-8: what stands in a record must be found again by --resume.
static void add_name(struct bt_buf *out, const char *name)
{
    for (size_t left = strlen(name); left != 0;) {
        uint32_t code_point;
        size_t size = bt_utf8_decode(name, left, &code_point);
        bt_buf_utf8(out, code_point);
        name += size;
        left -= size;
    }
}

// The next member of the innermost archive becomes a level.
static enum bt_status enter_member(struct bt_contents *c, struct bt_content *ret,
                                   struct bt_error *err)
{
    struct bt_archive_member member;
    struct bt_source *source;
    cut_texts(c);
    BT_TRY(bt_archive_next(innermost(c)->archive, &member, &source, err));
    if (member.name != NULL) {
        if (c->member.size != 0)
            bt_buf_char(&c->member, '/');
        add_name(&c->member, member.name);
        c->is_archive = true;
    }
    push(c, source);
    BT_TRY(bt_buf_status(&c->member, err));
    ret->encrypted = member.encrypted;
    return BT_OK;
}

static void read_head(struct bt_contents *c, struct bt_span *ret)
{
    struct bt_source *source = innermost(c)->source;
    uint64_t size = sizeof c->head;
    // What cannot be read is no archive: the reader of dumps will say why.
    if (!bt_source_has(source, 0, size) && bt_source_size(source, &size, NULL) != BT_OK)
        size = 0;
    if (bt_source_read(source, 0, c->head, (size_t)size, NULL) != BT_OK)
        size = 0;
    *ret = (struct bt_span){.data = c->head, .size = (size_t)size};
}

// A tar archive in gzip data that lies in a file: read from the file, so that its parts come
// one after the other and nothing keeps the whole. The level of the gzip data goes.
static void go_back_to_packed(struct bt_contents *c)
{
    if (c->depth < 2 || c->levels[c->depth - 2].archive != NULL)
        return;
    drop_innermost(c);
    cut_texts(c);
}

// Looks at the innermost file. BT_ABSENT: it is a file, and no archive.
static enum bt_status look_inside(struct bt_contents *c, struct bt_content *ret,
                                  struct bt_error *err)
{
    struct bt_span head;
    struct bt_source *unpacked;
    read_head(c, &head);
    ret->head = head;
    bool gzip = bt_is_gzip(head.data, head.size);
    if (!gzip && !bt_is_archive(head))
        return BT_ABSENT;
    if (c->depth > BT_LIMIT_ARCHIVE_DEPTH)
        return BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET,
                       "archives are packed in each other more than %u deep",
                       BT_LIMIT_ARCHIVE_DEPTH);
    bt_source_watch(c->levels[0].source, c->watch);
    if (!gzip) {
        if (bt_is_tar(head))
            go_back_to_packed(c);
        return bt_archive_open(innermost(c)->source, &innermost(c)->archive, err);
    }
    BT_TRY(bt_source_unpack(innermost(c)->source, &unpacked, err));
    push(c, unpacked);
    return BT_OK;
}

// The file at the innermost level goes to the caller.
static enum bt_status hand_out(struct bt_contents *c, struct bt_content *ret)
{
    if (!ret->encrypted)
        ret->source = innermost(c)->source;
    fill(c, ret);
    ret->size = bt_source_file_size(innermost(c)->source);
    c->handed_out = true;
    return BT_OK;
}

enum bt_status bt_contents_next(struct bt_contents *c, struct bt_content *ret,
                                struct bt_error *err)
{
    *ret = (struct bt_content){0};
    c->is_locked = false;
    if (c->handed_out)
        drop_level(c);
    c->handed_out = false;
    while (c->depth != 0) {
        enum bt_status status = BT_OK;
        if (innermost(c)->archive != NULL)
            status = enter_member(c, ret, err);
        if (status == BT_OK && ret->encrypted)
            return hand_out(c, ret);
        if (status == BT_OK) {
            status = look_inside(c, ret, err);
            if (status == BT_ABSENT)
                return hand_out(c, ret);
        }
        if (status == BT_OK)
            continue;
        leave(c, ret);
        if (status != BT_ABSENT) // its end
            return status;
    }
    return BT_ABSENT;
}
