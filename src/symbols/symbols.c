// SPDX-License-Identifier: MIT
//
// The store: places to look in, and the tables of the modules that were asked for last.
#include "symbols/symbols.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "symbols/identity.h"
#include "symbols/table.h"

struct bt_symbols {
    struct bt_finder finder;
    struct bt_symbol_table *tables[BT_LIMIT_SYMBOL_TABLES];
    size_t table_count;
    uint64_t uses;
    uint64_t dump; // counts the dumps
};

enum bt_status bt_symbols_new(struct bt_symbols **ret, struct bt_error *err)
{
    struct bt_symbols *symbols = calloc(1, sizeof *symbols);
    if (symbols == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    enum bt_status st = bt_finder_init(&symbols->finder, err);
    if (st != BT_OK) {
        free(symbols);
        return st;
    }
    *ret = symbols;
    return BT_OK;
}

void bt_symbols_free(struct bt_symbols *symbols)
{
    if (symbols == NULL)
        return;
    for (size_t i = 0; i < symbols->table_count; i++)
        bt_symbol_table_free(symbols->tables[i]);
    bt_finder_fini(&symbols->finder);
    free(symbols);
}

enum bt_status bt_symbols_add_path(struct bt_symbols *symbols, const char *path,
                                   struct bt_error *err)
{
    return bt_finder_add(&symbols->finder, path, err);
}

// One part of "srv*a*b" or one plain folder. What would have to be downloaded is left out.
static enum bt_status add_part(struct bt_symbols *symbols, const char *text, size_t size,
                               struct bt_error *err)
{
    static const char *const words[] = {"srv", "symsrv", "symsrv.dll", "cache"};
    char path[BT_LIMIT_NAME];
    if (size == 0 || size >= sizeof path)
        return BT_OK;
    memcpy(path, text, size);
    path[size] = '\0';
    for (size_t i = 0; i < BT_COUNT(words); i++) {
        if (bt_ieq(path, words[i]))
            return BT_OK;
    }
    if (strstr(path, "://") != NULL)
        return BT_OK;
    return bt_symbols_add_path(symbols, path, err);
}

enum bt_status bt_symbols_add_debugger_path(struct bt_symbols *symbols, const char *text,
                                            struct bt_error *err)
{
    while (*text != '\0') {
        size_t size = strcspn(text, ";*");
        BT_TRY(add_part(symbols, text, size, err));
        text += size + (text[size] != '\0');
    }
    return BT_OK;
}

// A place in the list: a new one, or that of the table that was asked for longest ago.
static size_t make_room(struct bt_symbols *symbols)
{
    if (symbols->table_count < BT_LIMIT_SYMBOL_TABLES)
        return symbols->table_count++;
    size_t oldest = 0;
    for (size_t i = 1; i < symbols->table_count; i++) {
        if (symbols->tables[i]->last_use < symbols->tables[oldest]->last_use)
            oldest = i;
    }
    bt_symbol_table_free(symbols->tables[oldest]);
    symbols->tables[oldest] = NULL;
    return oldest;
}

enum bt_status bt_symbols_table(struct bt_symbols *symbols,
                                const struct bt_symbol_module *module,
                                struct bt_symbol_table **ret, struct bt_error *err)
{
    struct bt_symbol_table *table = NULL;
    for (size_t i = 0; i < symbols->table_count && table == NULL; i++) {
        if (bt_symbol_module_same(&symbols->tables[i]->asked, module))
            table = symbols->tables[i];
    }
    if (table == NULL) {
        BT_TRY(bt_symbol_table_new(module, &symbols->finder, &table, err));
        symbols->tables[make_room(symbols)] = table;
    }
    table->last_use = ++symbols->uses;
    if (table->dump != symbols->dump || table->first_use == 0)
        table->first_use = table->last_use;
    table->dump = symbols->dump;
    *ret = table;
    return BT_OK;
}

void bt_symbols_begin(struct bt_symbols *symbols)
{
    symbols->dump++;
}

// The table that this dump asked for first after the one at `after`, or NULL.
static const struct bt_symbol_table *next_asked(const struct bt_symbols *symbols,
                                                uint64_t after)
{
    const struct bt_symbol_table *next = NULL;
    for (size_t i = 0; i < symbols->table_count; i++) {
        const struct bt_symbol_table *table = symbols->tables[i];
        if (table != NULL && table->dump == symbols->dump && table->first_use > after &&
            (next == NULL || table->first_use < next->first_use))
            next = table;
    }
    return next;
}

const char *bt_symbols_problem(const struct bt_symbols *symbols, size_t index)
{
    const struct bt_symbol_table *table = next_asked(symbols, 0);
    while (table != NULL && index >= table->problem_count) {
        index -= table->problem_count;
        table = next_asked(symbols, table->first_use);
    }
    return table != NULL ? table->problems[index] : NULL;
}
