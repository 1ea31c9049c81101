// SPDX-License-Identifier: MIT
#include "cli/load_symbols.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "cli/messages.h"
#include "io/file.h"
#include "io/folder.h"

// A place that is not there is mostly a typing error: the rest is looked through all the same.
static void warn_of_absent(const char *path)
{
    struct bt_folder folder;
    struct bt_file *file = NULL;
    struct bt_error err;
    struct bt_arena *arena = bt_arena_new(BT_LIMIT_ARENA);
    enum bt_status status =
        arena != NULL ? bt_folder_read(path, 0, arena, &folder, &err) : BT_OK;
    if (status == BT_ABSENT)
        status = bt_file_open(path, &file, &err);
    if (status != BT_OK)
        bt_message_about(path, err.message);
    bt_file_close(file);
    bt_arena_free(arena);
}

static enum bt_status add_places(const struct bt_options *options, const char *debugger_path,
                                 struct bt_symbols *symbols, struct bt_error *err)
{
    for (size_t i = 0; i < options->symbol_count; i++) {
        warn_of_absent(options->symbol_paths[i]);
        BT_TRY(bt_symbols_add_path(symbols, options->symbol_paths[i], err));
    }
    return debugger_path != NULL ? bt_symbols_add_debugger_path(symbols, debugger_path, err)
                                 : BT_OK;
}

bool bt_load_symbols(const struct bt_options *options, struct bt_symbols **ret)
{
    const char *debugger_path = getenv("_NT_SYMBOL_PATH");
    struct bt_error err = {.status = BT_OK};
    struct bt_symbols *symbols;
    *ret = NULL;
    if (options->symbol_count == 0 && debugger_path == NULL)
        return true;
    enum bt_status status = bt_symbols_new(&symbols, &err);
    if (status == BT_OK) {
        status = add_places(options, debugger_path, symbols, &err);
        if (status != BT_OK)
            bt_symbols_free(symbols);
    }
    if (status != BT_OK) {
        bt_message_about("symbols", err.message);
        return false;
    }
    *ret = symbols;
    return true;
}
