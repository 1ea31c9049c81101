// SPDX-License-Identifier: MIT
#include "cli/kb_import.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "batch/directory.h"
#include "batch/walk.h"
#include "cli/cli.h"
#include "cli/messages.h"
#include "cli/output.h"
#include "io/source.h"
#include "kb/compile.h"
#include "kb/import/import.h"

enum {
    TEXT_ARENA = 64 << 20, // one text of BT_LIMIT_SOURCE_FILE with its lines and facts
    TELL_EVERY = 5000,     // texts between two messages on the way
};

struct import {
    const struct bt_kb *kb;
    const char *output; // folder; NULL: standard output
    bool several;
    size_t texts, drafts, without_stop, kept, failed, doubts;
};

// "<output>/KB909665.yaml"; a text without a number is named after its file.
static enum bt_status draft_path(const struct import *im, const struct bt_import_draft *draft,
                                 const char *path, struct bt_arena *arena, const char **ret,
                                 struct bt_error *err)
{
    const char *name = draft->id != NULL ? draft->id : bt_basename(path);
    size_t size = strcspn(name, ".");
    return bt_arena_printf(arena, ret, err, "%s/%.*s.yaml", im->output, (int)size, name);
}

static bool exists(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f != NULL)
        fclose(f);
    return f != NULL;
}

static enum bt_status write_draft(struct import *im, const struct bt_import_draft *draft,
                                  const char *path, struct bt_arena *arena,
                                  struct bt_error *err)
{
    struct bt_buf text;
    const char *target = NULL;
    bt_buf_init(&text, BT_LIMIT_REPORT);
    bt_import_write(draft, &text);
    enum bt_status st = bt_buf_status(&text, err);
    if (st == BT_OK && im->output == NULL) {
        im->drafts++;
        if (bt_print("%s", bt_buf_cstr(&text)) != BT_EXIT_OK)
            st = BT_FAIL(err, BT_E_IO, BT_NO_OFFSET, "standard output could not be written");
    } else if (st == BT_OK) {
        st = draft_path(im, draft, path, arena, &target, err);
        if (st == BT_OK && exists(target))
            im->kept++;
        else if (st == BT_OK && (st = bt_kb_write_image(&text, target, err)) == BT_OK)
            im->drafts++;
    }
    bt_buf_fini(&text);
    return st;
}

static enum bt_status read_text(const char *path, struct bt_arena *arena, struct bt_span *ret,
                                struct bt_error *err)
{
    struct bt_source *source;
    BT_TRY(bt_source_open(path, &source, err));
    enum bt_status st = BT_OK;
    if (bt_source_has(source, BT_LIMIT_SOURCE_FILE, 1))
        st = BT_FAIL(err, BT_E_LIMIT, BT_NO_OFFSET, "larger than the %u MiB of one text",
                     (unsigned)(BT_LIMIT_SOURCE_FILE >> 20));
    else
        st = bt_source_view(source, 0, BT_LIMIT_SOURCE_FILE, arena, ret, err);
    bt_source_close(source);
    return st;
}

static enum bt_status import_text(struct import *im, const char *path, bool found,
                                  struct bt_arena *arena, struct bt_error *err)
{
    struct bt_span text;
    struct bt_import_draft *draft;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *draft, &draft, err));
    BT_TRY(read_text(path, arena, &text, err));
    enum bt_status st = bt_import_read(im->kb, text, arena, draft, err);
    if (st == BT_ABSENT && found)
        st = BT_OK;
    if (st != BT_OK)
        return st;
    if (found && draft->stop_count == 0) {
        im->without_stop++;
        return BT_OK;
    }
    im->doubts += draft->doubt_count;
    return write_draft(im, draft, path, arena, err);
}

static void import_path(struct import *im, const char *path, bool found)
{
    struct bt_error err;
    struct bt_arena *arena = bt_arena_new(TEXT_ARENA);
    if (arena == NULL || import_text(im, path, found, arena, &err) != BT_OK) {
        bt_message_about(path, arena != NULL ? err.message : "out of memory");
        im->failed++;
    }
    bt_arena_free(arena);
    if (++im->texts % TELL_EVERY == 0)
        bt_message("%zu texts so far, %zu drafts", im->texts, im->drafts);
}

static void import_directory(struct import *im, const char *root)
{
    struct bt_walk *walk;
    struct bt_error err;
    const char *path;
    enum bt_status st = bt_walk_open(root, &walk, &err);
    if (st != BT_OK) {
        bt_message_about(root, err.message);
        im->failed++;
        return;
    }
    while ((st = bt_walk_next(walk, &path, &err)) != BT_ABSENT) {
        if (st == BT_OK)
            import_path(im, path, true);
        else
            bt_message_about(path, err.message);
    }
    bt_walk_close(walk);
}

int bt_kb_import(const struct bt_kb *kb, const char *const *paths, size_t count,
                 const char *output)
{
    struct import im = {.kb = kb, .output = output};
    im.several = count > 1 || (count == 1 && bt_is_directory(paths[0]));
    if (count == 0)
        return bt_usage_error("kb", "import needs a text, or a directory of texts");
    if (im.several && output == NULL)
        return bt_usage_error("kb", "import of several texts needs -o FOLDER");
    if (output != NULL && !bt_is_directory(output))
        return bt_usage_error("kb", "\"%s\" is no folder: make it first", output);
    for (size_t i = 0; i < count; i++) {
        if (bt_is_directory(paths[i]))
            import_directory(&im, paths[i]);
        else
            import_path(&im, paths[i], false);
    }
    bt_message("%zu texts: %zu drafts with %zu doubts, %zu without a stop code, %zu drafts "
               "already there, %zu failed",
               im.texts, im.drafts, im.doubts, im.without_stop, im.kept, im.failed);
    return im.failed == 0 ? BT_EXIT_OK : BT_EXIT_INPUT;
}
