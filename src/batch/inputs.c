// SPDX-License-Identifier: MIT
#include "batch/inputs.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "batch/directory.h"
#include "batch/intern.h"
#include "batch/text_file.h"
#include "batch/walk.h"

enum { CHUNK = 64 * 1024 };

struct bt_inputs {
    struct bt_inputs_options options;
    size_t next; // of options.paths
    struct bt_text_file *list;
    char chunk[CHUNK];
    size_t chunk_at, chunk_end;
    bool list_begun;
    struct bt_buf name;   // out of the list
    struct bt_buf root;   // of the walk
    struct bt_walk *walk; // below a directory, while there is one
    struct bt_inputs_left_out left_out;
    // Names that are no UTF-8, as records have them, and how many of each were left out.
    struct bt_arena *arena; // NULL: there were none
    struct bt_intern alike;
    uint32_t *taken; // by number of the name
};

enum bt_status bt_inputs_open(const struct bt_inputs_options *options, struct bt_inputs **ret,
                              struct bt_error *err)
{
    struct bt_inputs *in = calloc(1, sizeof *in);
    if (in == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    in->options = *options;
    bt_buf_init(&in->name, BT_LIMIT_PATH);
    bt_buf_init(&in->root, BT_LIMIT_PATH);
    enum bt_status status =
        options->list != NULL ? bt_text_file_open(options->list, &in->list, err) : BT_OK;
    if (status == BT_OK)
        *ret = in;
    else
        bt_inputs_close(in);
    return status;
}

void bt_inputs_close(struct bt_inputs *in)
{
    if (in == NULL)
        return;
    bt_text_file_close(in->list);
    bt_walk_close(in->walk);
    bt_buf_fini(&in->name);
    bt_buf_fini(&in->root);
    if (in->arena != NULL)
        bt_intern_fini(&in->alike);
    bt_arena_free(in->arena);
    free(in->taken);
    free(in);
}

struct bt_inputs_left_out bt_inputs_left_out(const struct bt_inputs *in)
{
    struct bt_inputs_left_out left_out = in->left_out;
    if (in->walk != NULL)
        left_out.links_empty += bt_walk_passed_links(in->walk);
    return left_out;
}

// The list is read to its end or given up.
static enum bt_status end_list(struct bt_inputs *in, enum bt_status status)
{
    bt_text_file_close(in->list);
    in->list = NULL;
    return status;
}

// Lists that were written on Windows may have a byte order mark in front.
static enum bt_status take_mark(struct bt_inputs *in, struct bt_error *err)
{
    static const char utf8[] = "\xef\xbb\xbf";
    const char *name = bt_buf_cstr(&in->name);
    if (in->list_begun)
        return BT_OK;
    in->list_begun = true;
    if (strncmp(name, "\xff\xfe", 2) == 0 || strncmp(name, "\xfe\xff", 2) == 0)
        return end_list(in, BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                                    "the list is UTF-16 text: save it as UTF-8"));
    if (strncmp(name, utf8, sizeof utf8 - 1) != 0)
        return BT_OK;
    size_t left = in->name.size - (sizeof utf8 - 1);
    memmove(in->name.data, &in->name.data[sizeof utf8 - 1], left);
    bt_buf_cut(&in->name, left);
    return BT_OK;
}

// The next name in the list goes into in->name.
static enum bt_status read_name(struct bt_inputs *in, struct bt_error *err)
{
    char end = in->options.list_nul ? '\0' : '\n';
    bt_buf_clear(&in->name);
    for (;;) {
        const char *data = &in->chunk[in->chunk_at];
        size_t there = in->chunk_end - in->chunk_at;
        const char *stop = memchr(data, end, there);
        size_t size = stop != NULL ? (size_t)(stop - data) : there;
        bt_buf_add(&in->name, data, size);
        in->chunk_at += stop != NULL ? size + 1 : size;
        if (stop != NULL)
            break;
        enum bt_status status =
            bt_text_file_read(in->list, in->chunk, CHUNK, &in->chunk_end, err);
        in->chunk_at = 0;
        if (status != BT_OK) {
            in->chunk_end = 0;
            end_list(in, status);
            if (status == BT_ABSENT && in->name.size != 0)
                break; // the last name without an end
            return status;
        }
    }
    if (!in->options.list_nul)
        BT_TRY(take_mark(in, err));
    if (!in->options.list_nul && in->name.size != 0 && in->name.data[in->name.size - 1] == '\r')
        bt_buf_cut(&in->name, in->name.size - 1);
    return bt_buf_status(&in->name, err);
}

// What was named next: an argument, then the names of the list.
static enum bt_status find_named(struct bt_inputs *in, const char **ret, struct bt_error *err)
{
    if (in->next < in->options.path_count) {
        *ret = in->options.paths[in->next++];
        return BT_OK;
    }
    while (in->list != NULL) {
        enum bt_status status = read_name(in, err);
        *ret = in->options.list;
        if (status != BT_OK)
            return status;
        if (in->name.size == 0) // an empty line
            continue;
        *ret = bt_buf_cstr(&in->name);
        return BT_OK;
    }
    return BT_ABSENT;
}

static enum bt_status start_walk(struct bt_inputs *in, const char *root, struct bt_error *err)
{
    bt_buf_clear(&in->root);
    bt_buf_text(&in->root, root);
    BT_TRY(bt_buf_status(&in->root, err));
    return bt_walk_open(bt_buf_cstr(&in->root), &in->walk, err);
}

// The next file, whoever it belongs to.
static enum bt_status find_file(struct bt_inputs *in, struct bt_job_input *ret,
                                struct bt_error *err)
{
    for (;;) {
        enum bt_status status;
        ret->named = true;
        ret->dumps_only = false;
        if (in->walk == NULL) {
            BT_TRY(find_named(in, &ret->path, err));
            if (!bt_is_directory(ret->path))
                return BT_OK;
            status = start_walk(in, ret->path, err);
            if (status != BT_OK)
                return status == BT_E_IO ? BT_OK : status;
        }
        status = bt_walk_next(in->walk, &ret->path, err);
        if (status == BT_E_IO)
            return BT_OK;
        ret->named = false;
        ret->dumps_only = status == BT_OK && bt_walk_dumps_only(in->walk);
        if (status != BT_ABSENT)
            return status;
        in->left_out.links_empty += bt_walk_passed_links(in->walk);
        bt_walk_close(in->walk);
        in->walk = NULL;
    }
}

// The count of names that look like this one, for changing; NULL: no memory.
static uint32_t *find_taken(struct bt_inputs *in, const struct bt_buf *name)
{
    uint32_t id;
    if (in->arena == NULL) {
        in->arena = bt_arena_new(BT_LIMIT_RESUME);
        if (in->arena == NULL)
            return NULL;
        bt_intern_init(&in->alike, in->arena);
    }
    size_t known = in->alike.count;
    uint32_t *taken = realloc(in->taken, (known + 1) * sizeof *taken);
    if (taken == NULL)
        return NULL;
    in->taken = taken;
    taken[known] = 0;
    const struct bt_slice text = {bt_buf_cstr(name), name->size};
    return bt_intern_add(&in->alike, text, &id, NULL) == BT_OK ? &taken[id] : NULL;
}

// Whether the run before has recorded an input. Of names that are alike in records as many are
// left out as there are records: it had come so far in the same order.
static bool was_recorded(struct bt_inputs *in, const char *path)
{
    uint32_t times = in->options.resume != NULL ? bt_resume_times(in->options.resume, path) : 0;
    struct bt_buf name;
    if (times == 0)
        return false;
    bt_buf_init(&name, 4 * BT_LIMIT_PATH + 1);
    bt_resume_recorded_name(path, &name);
    bool recorded = true;
    if (strcmp(bt_buf_cstr(&name), path) != 0) {
        uint32_t *taken = find_taken(in, &name);
        recorded = taken != NULL && *taken < times;
        if (recorded)
            ++*taken;
    }
    bt_buf_fini(&name);
    return recorded;
}

// Whether an input is left out, and counted.
static bool is_left_out(struct bt_inputs *in, const struct bt_job_input *input)
{
    if (!bt_shard_has(&in->options.shard, input->path))
        return true;
    if (was_recorded(in, input->path)) {
        in->left_out.recorded++;
        return true;
    }
    if (in->options.inside_only && !input->named && bt_walk_is_link(in->walk) &&
        bt_leads_out(bt_buf_cstr(&in->root), input->path)) {
        in->left_out.links_out++;
        return true;
    }
    return false;
}

enum bt_status bt_inputs_next(struct bt_inputs *in, struct bt_job_input *ret,
                              struct bt_error *err)
{
    do
        BT_TRY(find_file(in, ret, err));
    while (is_left_out(in, ret));
    return BT_OK;
}
