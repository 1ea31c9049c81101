// SPDX-License-Identifier: MIT
#include "cli/kb_import.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "batch/directory.h"
#include "batch/interrupt.h"
#include "batch/walk.h"
#include "cli/cli.h"
#include "cli/messages.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/terminal.h"
#include "io/source.h"
#include "kb/compile.h"
#include "kb/import/import.h"

enum {
    TEXT_ARENA = 64 << 20, // one text of BT_LIMIT_SOURCE_FILE with its lines and facts
    COUNTED_AHEAD = 500,   // texts counted between two lines of progress
    PAUSE = 200,           // milliseconds between them
    SIGNALLED = 128,       // exit status of shells for a program that a signal ended
};

struct import {
    const struct bt_kb *kb;
    const char *output; // folder; NULL: standard output
    bool several;
    size_t texts, drafts, without_stop, others, kept, failed, doubts;
    // Progress on a terminal: the directory that is being imported is walked a second time,
    // ahead, to know how many texts there are.
    bool shown;
    struct bt_walk *ahead; // NULL: counted to its end, or nothing to count
    size_t total;          // texts counted, those of finished arguments included
    uint64_t started, updated;
};

static void count_ahead(struct import *im)
{
    const char *path;
    struct bt_error err;
    for (int i = 0; i < COUNTED_AHEAD && im->ahead != NULL; i++) {
        enum bt_status st = bt_walk_next(im->ahead, &path, &err);
        im->total += st == BT_OK;
        if (st == BT_ABSENT) {
            bt_walk_close(im->ahead);
            im->ahead = NULL;
        }
    }
}

// "12000 of 56989 texts [####................], 8 s left, 5100/s; 420 drafts, 0 failed"
static void show_progress(struct import *im)
{
    enum { BAR = 20 };
    uint64_t now = bt_process_milliseconds();
    struct bt_buf line;
    if (!im->shown || now - im->updated < PAUSE)
        return;
    im->updated = now;
    count_ahead(im);
    uint64_t elapsed = now - im->started, rate = elapsed != 0 ? im->texts * 1000 / elapsed : 0;
    bt_buf_init(&line, 256);
    bt_buf_printf(&line, "%zu", im->texts);
    if (im->ahead == NULL && im->total >= im->texts && im->total != 0) {
        size_t filled = im->texts * BAR / im->total;
        bt_buf_printf(&line, " of %zu texts [%.*s%.*s]", im->total, (int)filled,
                      "####################", (int)(BAR - filled), "....................");
        if (rate != 0)
            bt_buf_printf(&line, ", %zu s left", (size_t)((im->total - im->texts) / rate));
    } else {
        bt_buf_text(&line, " texts");
    }
    bt_buf_printf(&line, ", %zu/s; %zu drafts, %zu failed", (size_t)rate, im->drafts,
                  im->failed);
    bt_message_status(bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

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
    if (st == BT_ABSENT && found) {
        im->others++;
        return BT_OK;
    }
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
    im->texts++;
    show_progress(im);
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
    im->total = im->texts;
    if (im->shown && bt_walk_open(root, &im->ahead, &err) != BT_OK)
        im->ahead = NULL;
    while (!bt_interrupt_pending() && (st = bt_walk_next(walk, &path, &err)) != BT_ABSENT) {
        if (st == BT_OK) {
            import_path(im, path, true);
        } else {
            bt_message_about(path, err.message);
            im->failed++;
        }
    }
    bt_walk_close(walk);
    bt_walk_close(im->ahead);
    im->ahead = NULL;
}

static void write_summary(const struct import *im)
{
    struct bt_buf line;
    bt_buf_init(&line, 1024);
    bt_buf_printf(&line,
                  "%zu texts: %zu drafts with %zu doubts, %zu without a stop code, %zu no "
                  "articles, %zu drafts already there, %zu failed",
                  im->texts, im->drafts, im->doubts, im->without_stop, im->others, im->kept,
                  im->failed);
    if (bt_interrupt_pending())
        bt_buf_text(&line, "; interrupted, run it again to go on");
    bt_message("%s", bt_buf_cstr(&line));
    bt_buf_fini(&line);
}

int bt_kb_import(const struct bt_kb *kb, const char *const *paths, size_t count,
                 const char *output)
{
    struct import im = {
        .kb = kb,
        .output = output,
        .shown = bt_terminal_shows_progress() && output != NULL,
        .started = bt_process_milliseconds(),
    };
    im.several = count > 1 || (count == 1 && bt_is_directory(paths[0]));
    if (count == 0)
        return bt_usage_error("kb", "import needs a text, or a directory of texts");
    if (im.several && output == NULL)
        return bt_usage_error("kb", "import of several texts needs -o FOLDER");
    if (output != NULL && !bt_is_directory(output))
        return bt_usage_error("kb", "\"%s\" is no folder: make it first", output);
    if (output != NULL)
        bt_interrupt_watch();
    for (size_t i = 0; i < count && !bt_interrupt_pending(); i++) {
        if (bt_is_directory(paths[i]))
            import_directory(&im, paths[i]);
        else
            import_path(&im, paths[i], false);
    }
    if (im.shown)
        bt_message_status("");
    write_summary(&im);
    if (bt_interrupt_pending())
        return SIGNALLED + bt_interrupt_signal();
    return im.failed == 0 ? BT_EXIT_OK : BT_EXIT_INPUT;
}
