// SPDX-License-Identifier: MIT
#include "cli/readable.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "batch/directory.h"

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

static enum bt_status add_input(struct places *places, const char *path, struct bt_error *err)
{
    if (bt_is_directory(path))
        return add(places, path, strlen(path), err);
    size_t folder = (size_t)(bt_basename(path) - path);
    return folder != 0 ? add(places, path, folder, err) : add(places, ".", 1, err);
}

// Parts of a debugger's symbol path: its folders stand between ';' and '*'.
static size_t count_parts(const char *text)
{
    size_t count = 1;
    for (; *text != '\0'; text++)
        count += *text == ';' || *text == '*';
    return count;
}

static enum bt_status add_parts(struct places *places, const char *text, struct bt_error *err)
{
    while (*text != '\0') {
        size_t size = strcspn(text, ";*");
        if (size != 0)
            BT_TRY(add(places, text, size, err));
        text += size + (text[size] != '\0');
    }
    return BT_OK;
}

enum bt_status bt_readable_find(const struct bt_options *options, struct bt_arena *arena,
                                struct bt_sandbox *ret, struct bt_error *err)
{
    const char *debugger_path = getenv("_NT_SYMBOL_PATH");
    size_t most = options->argument_count + options->symbol_count + 2 +
                  (debugger_path != NULL ? count_parts(debugger_path) : 0);
    struct places places = {.arena = arena};
    BT_TRY(bt_arena_alloc(arena, most, sizeof *places.paths, &places.paths, err));
    if (options->files_from != NULL)
        BT_TRY(add(&places, "/", 1, err));
    if (options->error_report != NULL)
        BT_TRY(add_input(&places, options->error_report, err));
    for (size_t i = 0; i < options->argument_count; i++)
        BT_TRY(add_input(&places, options->arguments[i], err));
    for (size_t i = 0; i < options->symbol_count; i++)
        BT_TRY(add(&places, options->symbol_paths[i], strlen(options->symbol_paths[i]), err));
    if (debugger_path != NULL)
        BT_TRY(add_parts(&places, debugger_path, err));
    *ret = (struct bt_sandbox){.readable = places.paths, .readable_count = places.count};
    return BT_OK;
}
