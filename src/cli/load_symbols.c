// SPDX-License-Identifier: MIT
#include "cli/load_symbols.h"

#include <stdlib.h>

#include "cli/messages.h"

static enum bt_status add_places(const struct bt_options *options, const char *debugger_path,
                                 struct bt_symbols *symbols, struct bt_error *err)
{
    for (size_t i = 0; i < options->symbol_count; i++)
        BT_TRY(bt_symbols_add_path(symbols, options->symbol_paths[i], err));
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
