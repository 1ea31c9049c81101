// SPDX-License-Identifier: MIT
#include "triage/side_files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "io/folder.h"
#include "verdict/event_list.h"
#include "verdict/update_list.h"

struct side_file {
    const char *path;
    size_t folder; // size of the part of the path that is its folder
    bool is_list, is_log;
    bool is_cut; // too large: a list is not taken, of a log only the beginning
    struct bt_update_list updates;
    struct bt_event_list events;
};

struct bt_side_files {
    struct bt_arena *arena;
    struct side_file items[BT_LIMIT_SIDE_FILES];
    size_t count;
    const char *folder;     // that was looked into last, NULL
    struct bt_folder names; // in it, where `listed`
    bool listed;            // all of them
};

static bool make_empty(struct bt_side_files *files)
{
    bt_arena_free(files->arena);
    *files = (struct bt_side_files){.arena = bt_arena_new(BT_LIMIT_ARENA)};
    return files->arena != NULL;
}

enum bt_status bt_side_files_new(struct bt_side_files **ret, struct bt_error *err)
{
    struct bt_side_files *files = calloc(1, sizeof *files);
    if (files == NULL || !make_empty(files)) {
        free(files);
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    *ret = files;
    return BT_OK;
}

void bt_side_files_free(struct bt_side_files *files)
{
    if (files == NULL)
        return;
    bt_arena_free(files->arena);
    free(files);
}

// ---- names

static bool has_word(const char *name, const char *const *words, size_t count)
{
    for (; *name != '\0'; name++) {
        size_t left = strlen(name);
        for (size_t i = 0; i < count; i++) {
            size_t size = strlen(words[i]);
            if (size <= left && bt_ieq_n(name, words[i], size))
                return true;
        }
    }
    return false;
}

bool bt_is_side_file_name(const char *path)
{
    static const char *const words[] = {"systeminfo", "hotfix",  "qfe", "msinfo", "dism",
                                        "packages",   "updates", "evt", "event",  "bugcheck"};
    static const char *const ends[] = {".txt", ".csv", ".log", ".nfo"};
    const char *name = bt_basename(path);
    for (size_t i = 0; i < BT_COUNT(ends); i++) {
        if (bt_iends_with(name, ends[i]))
            return has_word(name, words, BT_COUNT(words));
    }
    return false;
}

static size_t folder_of(const char *path)
{
    return (size_t)(bt_basename(path) - path);
}

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

// Folders that Windows and support tools put nothing but dumps into.
bool bt_side_files_above(const char *path, size_t *ret_size)
{
    static const char *const names[] = {"minidump", "minidumps", "dump", "dumps", "crashdumps"};
    size_t end = folder_of(path);
    if (end == 0)
        return false;
    size_t start = --end;
    while (start > 0 && !is_separator(path[start - 1]))
        start--;
    *ret_size = start;
    for (size_t i = 0; i < BT_COUNT(names); i++) {
        if (end - start == strlen(names[i]) && bt_ieq_n(&path[start], names[i], end - start))
            return true;
    }
    return false;
}

// ---- reading

static enum bt_status read_file(struct bt_source *source, struct bt_arena *arena,
                                struct side_file *file, struct bt_error *err)
{
    struct bt_span bytes;
    enum bt_status status = BT_ABSENT;
    file->is_cut = bt_source_has(source, BT_LIMIT_SIDE_FILE, 1);
    BT_TRY(bt_source_view(source, 0, BT_LIMIT_SIDE_FILE, arena, &bytes, err));
    // What a part of a list lacks would count as not installed.
    if (!file->is_cut)
        status = bt_update_list_parse(bytes, arena, &file->updates, err);
    file->is_list = status == BT_OK;
    if (status == BT_ABSENT) {
        status = bt_event_list_parse(bytes, arena, &file->events, err);
        file->is_log = status == BT_OK;
    }
    return status == BT_ABSENT && file->is_cut ? BT_OK : status;
}

enum bt_status bt_side_files_add(struct bt_side_files *files, const char *path,
                                 struct bt_source *source, struct bt_error *err)
{
    struct side_file file = {.folder = folder_of(path)};
    if (files->count == BT_LIMIT_SIDE_FILES)
        return BT_OK;
    enum bt_status status = read_file(source, files->arena, &file, err);
    if (status == BT_E_NOMEM)
        return status;
    if (status != BT_OK)
        return BT_OK;
    status = bt_arena_text(files->arena, path, strlen(path), &file.path, err);
    if (status == BT_OK)
        files->items[files->count++] = file;
    return status == BT_E_NOMEM ? status : BT_OK;
}

size_t bt_side_files_count(const struct bt_side_files *files)
{
    return files->count;
}

// All files of a folder that are worth a look; `folder` ends with a separator, or is empty.
// names->cut also where the folder cannot be listed.
static enum bt_status look_into(struct bt_side_files *files, const char *folder,
                                struct bt_folder *names, struct bt_error *err)
{
    struct bt_source *source;
    const char *path;
    *names = (struct bt_folder){.cut = true};
    if (bt_folder_read(*folder != '\0' ? folder : ".", BT_LIMIT_FOLDER_NAMES, files->arena,
                       names, NULL) != BT_OK)
        return BT_OK;
    for (size_t i = 0; i < names->count; i++) {
        if (!bt_is_side_file_name(names->names[i]))
            continue;
        BT_TRY(bt_arena_printf(files->arena, &path, err, "%s%s", folder, names->names[i]));
        if (bt_source_open(path, &source, NULL) != BT_OK)
            continue;
        enum bt_status status = bt_side_files_add(files, path, source, err);
        bt_source_close(source);
        BT_TRY(status);
    }
    return BT_OK;
}

static enum bt_status look(struct bt_side_files *files, const char *path, size_t folder,
                           struct bt_error *err)
{
    struct bt_folder names;
    const char *above;
    size_t above_size;
    BT_TRY(bt_arena_text(files->arena, path, folder, &files->folder, err));
    BT_TRY(look_into(files, files->folder, &names, err));
    files->names = names;
    files->listed = !names.cut;
    if (!bt_side_files_above(path, &above_size))
        return BT_OK;
    BT_TRY(bt_arena_text(files->arena, path, above_size, &above, err));
    return look_into(files, above, &names, err);
}

static bool was_looked_into(const struct bt_side_files *files, const char *path)
{
    size_t folder = folder_of(path);
    return files->folder != NULL && strlen(files->folder) == folder &&
           memcmp(files->folder, path, folder) == 0;
}

enum bt_status bt_side_files_look_beside(struct bt_side_files *files, const char *path,
                                         struct bt_error *err)
{
    if (was_looked_into(files, path))
        return BT_OK;
    if (!make_empty(files))
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    enum bt_status status = look(files, path, folder_of(path), err);
    return status == BT_E_NOMEM ? status : BT_OK; // a full arena: what was found counts
}

enum bt_status bt_side_files_set_none(struct bt_side_files *files, const char *path,
                                      struct bt_error *err)
{
    if (was_looked_into(files, path))
        return BT_OK;
    if (!make_empty(files))
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    files->listed = true;
    return bt_arena_text(files->arena, path, folder_of(path), &files->folder, err);
}

bool bt_side_files_lack(const struct bt_side_files *files, const char *path, const char *name)
{
    return files->listed && was_looked_into(files, path) &&
           bt_folder_find(&files->names, name) == NULL;
}

// ---- joining

static enum bt_status copy_list(const struct bt_update_list *list, const char *name,
                                struct bt_crash *crash, struct bt_arena *arena,
                                struct bt_error *err)
{
    struct bt_machine *machine = &crash->machine;
    BT_TRY(bt_arena_text(arena, name, strlen(name), &machine->updates_source, err));
    BT_TRY(
        bt_arena_alloc(arena, list->count, sizeof *machine->updates, &machine->updates, err));
    if (list->count != 0)
        memcpy(machine->updates, list->updates, list->count * sizeof *machine->updates);
    machine->update_count = list->count;
    if (list->host == NULL)
        return BT_OK;
    return bt_arena_text(arena, list->host, strlen(list->host), &machine->name, err);
}

// Takes a list that fits. Several lists of one machine: the longest says most.
static enum bt_status join_list(const struct bt_update_list *list, const char *path,
                                struct bt_crash *crash, struct bt_arena *arena,
                                struct bt_error *err)
{
    const char *name = bt_basename(path);
    const char *reason = bt_update_list_refuse(list, crash);
    if (reason != NULL) {
        bt_note(crash, arena, "other-update-list", BT_NO_OFFSET,
                "%s is the list of another machine: %s", name, reason);
        return BT_OK;
    }
    if (crash->machine.updates_source != NULL && crash->machine.update_count >= list->count)
        return BT_OK;
    return copy_list(list, name, crash, arena, err);
}

static enum bt_status keep(struct bt_arena *arena, const char *text, const char **ret,
                           struct bt_error *err)
{
    return text != NULL ? bt_arena_text(arena, text, strlen(text), ret, err) : BT_OK;
}

static enum bt_status join_log(const struct bt_event_list *log, const char *path,
                               struct bt_crash *crash, struct bt_arena *arena,
                               struct bt_error *err)
{
    struct bt_machine *machine = &crash->machine;
    const struct bt_crash_event *event = bt_event_list_find(log, crash);
    if (event == NULL || machine->event_source != NULL)
        return BT_OK;
    BT_TRY(keep(arena, bt_basename(path), &machine->event_source, err));
    machine->event_line = event->line;
    BT_TRY(keep(arena, event->report_id, &machine->event_report_id, err));
    return keep(arena, event->dump, &machine->event_dump, err);
}

// Whether a file lies in the folder that is the first `size` bytes of the dump's path.
static bool lies_in(const struct side_file *file, const char *path, size_t size)
{
    return file->folder == size && memcmp(file->path, path, size) == 0;
}

static enum bt_status join_folder(const struct bt_side_files *files, const char *path,
                                  size_t folder, bool lists, struct bt_crash *crash,
                                  struct bt_arena *arena, struct bt_error *err)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct side_file *file = &files->items[i];
        if (!lies_in(file, path, folder))
            continue;
        if (file->is_cut)
            bt_note(crash, arena, "side-file-limit", BT_NO_OFFSET,
                    "%s is larger than %" PRIu64 " MiB: %s", bt_basename(file->path),
                    BT_LIMIT_SIDE_FILE >> 20,
                    file->is_log ? "events behind that were not read" : "it was not read");
        if (file->is_list && lists)
            BT_TRY(join_list(&file->updates, file->path, crash, arena, err));
        if (file->is_log)
            BT_TRY(join_log(&file->events, file->path, crash, arena, err));
    }
    return BT_OK;
}

// Nothing of all this tells of other systems, or of what could not be read.
static bool can_join(const struct bt_crash *crash)
{
    return crash->status < BT_READ_UNREADABLE &&
           (crash->system.platform == BT_PLATFORM_WINDOWS ||
            crash->system.platform == BT_PLATFORM_UNKNOWN);
}

enum bt_status bt_side_files_join(const struct bt_side_files *files, const char *path,
                                  bool lists, struct bt_crash *crash, struct bt_arena *arena,
                                  struct bt_error *err)
{
    size_t above;
    if (!can_join(crash))
        return BT_OK;
    BT_TRY(join_folder(files, path, folder_of(path), lists, crash, arena, err));
    if (!bt_side_files_above(path, &above))
        return BT_OK;
    return join_folder(files, path, above, lists, crash, arena, err);
}

enum bt_status bt_join_update_list(const char *list_path, struct bt_crash *crash,
                                   struct bt_arena *arena, struct bt_error *err)
{
    struct side_file file = {0};
    struct bt_source *source;
    struct bt_error reason = {.message = "it is no list of installed updates"};
    if (!can_join(crash))
        return BT_OK;
    enum bt_status status = bt_source_open(list_path, &source, &reason);
    if (status == BT_OK) {
        status = read_file(source, arena, &file, &reason);
        bt_source_close(source);
    }
    if (status == BT_E_NOMEM) {
        if (err != NULL)
            *err = reason;
        return status;
    }
    if (file.is_cut)
        bt_error_set(&reason, BT_E_LIMIT, BT_NO_OFFSET,
                     "it is too large for a list of updates");
    if (file.is_list)
        return join_list(&file.updates, list_path, crash, arena, err);
    bt_note(crash, arena, "no-update-list", BT_NO_OFFSET, "%s: %s", bt_basename(list_path),
            reason.message);
    return BT_OK;
}
