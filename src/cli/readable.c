// SPDX-License-Identifier: MIT
#include "cli/readable.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "batch/directory.h"
#include "triage/side_files.h"

struct places {
    struct bt_arena *arena;
    const char **paths;
    size_t count;
};

static enum bt_status add(struct places *places, const char *path, size_t size,
                          struct bt_error *err)
{
    return bt_arena_text(places->arena, path, size, &places->paths[places->count++], err);
}

// The folder of a file holds what is read beside it; so does the one above a folder for dumps.
static enum bt_status add_input(struct places *places, const char *path, struct bt_error *err)
{
    size_t above;
    if (bt_is_directory(path))
        return add(places, path, strlen(path), err);
    size_t folder = (size_t)(bt_basename(path) - path);
    if (bt_side_files_above(path, &above))
        return above != 0 ? add(places, path, above, err) : add(places, ".", 1, err);
    return folder != 0 ? add(places, path, folder, err) : add(places, ".", 1, err);
}

// The folders of a debugger's symbol path stand between ';' and '*'.
#define SYMBOL_PATH_ENDS  ";*"
#define LIBRARY_PATH_ENDS ":;"

// At most this many parts are there in a list; `text` may be NULL.
static size_t count_parts(const char *text, const char *ends)
{
    size_t count = 1;
    for (; text != NULL && *text != '\0'; text++)
        count += strchr(ends, *text) != NULL;
    return count;
}

static enum bt_status add_parts(struct places *places, const char *text, const char *ends,
                                struct bt_error *err)
{
    while (*text != '\0') {
        size_t size = strcspn(text, ends);
        if (size != 0)
            BT_TRY(add(places, text, size, err));
        text += size + (text[size] != '\0');
    }
    return BT_OK;
}

// Where the system keeps its libraries. The one that opens archives is loaded when the first is
// met, inside of the sandbox: loaded before, it would cost every run 1.6 ms, which is more than
// half of what the triage of a small dump takes, and a reader that has met no archive has no
// code for them either. Whoever takes a reader over learns nothing from these files.
static enum bt_status add_libraries(struct places *places, struct bt_error *err)
{
    static const char *const folders[] = {"/lib",       "/lib64",         "/usr/lib",
                                          "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"};
    for (size_t i = 0; i < BT_COUNT(folders); i++)
        BT_TRY(add(places, folders[i], strlen(folders[i]), err));
    const char *more = getenv("LD_LIBRARY_PATH");
    return more != NULL ? add_parts(places, more, LIBRARY_PATH_ENDS, err) : BT_OK;
}

enum bt_status bt_readable_find(const struct bt_options *options, struct bt_arena *arena,
                                struct bt_sandbox *ret, struct bt_error *err)
{
    const char *debugger_path = getenv("_NT_SYMBOL_PATH");
    size_t most = options->argument_count + options->symbol_count + 9 +
                  count_parts(debugger_path, SYMBOL_PATH_ENDS) +
                  count_parts(getenv("LD_LIBRARY_PATH"), LIBRARY_PATH_ENDS);
    struct places places = {.arena = arena};
    BT_TRY(bt_arena_alloc(arena, most, sizeof *places.paths, &places.paths, err));
    if (options->files_from != NULL)
        BT_TRY(add(&places, "/", 1, err));
    if (options->error_report != NULL)
        BT_TRY(add_input(&places, options->error_report, err));
    if (options->update_list != NULL)
        BT_TRY(add_input(&places, options->update_list, err));
    for (size_t i = 0; i < options->argument_count; i++)
        BT_TRY(add_input(&places, options->arguments[i], err));
    for (size_t i = 0; i < options->symbol_count; i++)
        BT_TRY(add(&places, options->symbol_paths[i], strlen(options->symbol_paths[i]), err));
    if (debugger_path != NULL)
        BT_TRY(add_parts(&places, debugger_path, SYMBOL_PATH_ENDS, err));
    BT_TRY(add_libraries(&places, err));
    *ret = (struct bt_sandbox){.readable = places.paths, .readable_count = places.count};
    return BT_OK;
}
