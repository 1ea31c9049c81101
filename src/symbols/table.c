// SPDX-License-Identifier: MIT
#include "symbols/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "symbols/breakpad.h"

static enum bt_status copy_text(struct bt_arena *arena, const char *text, const char **ret,
                                struct bt_error *err)
{
    *ret = NULL;
    return text != NULL ? bt_arena_text(arena, text, strlen(text), ret, err) : BT_OK;
}

static enum bt_status copy_module(struct bt_symbol_table *table,
                                  const struct bt_symbol_module *module, struct bt_error *err)
{
    struct bt_symbol_module *own = &table->asked;
    *own = *module;
    BT_TRY(copy_text(table->arena, module->name != NULL ? module->name : "", &own->name, err));
    BT_TRY(copy_text(table->arena, module->pdb_name, &own->pdb_name, err));
    BT_TRY(copy_text(table->arena, module->build_id, &own->build_id, err));
    table->module = *own;
    table->module.name = bt_basename(own->name);
    if (own->pdb_name != NULL)
        table->module.pdb_name = bt_basename(own->pdb_name);
    return BT_OK;
}

enum bt_status bt_symbol_table_new(const struct bt_symbol_module *module,
                                   struct bt_finder *finder, struct bt_symbol_table **ret,
                                   struct bt_error *err)
{
    struct bt_symbol_table *table = calloc(1, sizeof *table);
    if (table == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    table->finder = finder;
    table->arena = bt_arena_new(BT_LIMIT_SYMBOL_ARENA);
    enum bt_status st;
    if (table->arena != NULL)
        st = copy_module(table, module, err);
    else
        st = BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    if (st != BT_OK) {
        bt_symbol_table_free(table);
        return st;
    }
    *ret = table;
    return BT_OK;
}

void bt_symbol_table_free(struct bt_symbol_table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->provider_count; i++) {
        if (table->providers[i]->close != NULL)
            table->providers[i]->close(table->providers[i]);
    }
    bt_cfi_close(&table->cfi);
    for (size_t i = 0; i < table->source_count; i++)
        bt_source_close(table->sources[i]);
    bt_arena_free(table->arena);
    free(table);
}

void bt_symbol_table_problem_add(struct bt_symbol_table *table, const char *path,
                                 const struct bt_error *why)
{
    const char *text;
    if (table->problem_count == BT_LIMIT_SYMBOL_PROBLEMS ||
        bt_arena_printf(table->arena, &text, NULL, "%s %s", path, why->message) != BT_OK)
        return;
    for (size_t i = 0; i < table->problem_count; i++) {
        if (strcmp(table->problems[i], text) == 0)
            return;
    }
    table->problems[table->problem_count++] = text;
}

// Asks one provider. What is wrong with its file becomes a problem of the table.
static enum bt_status ask(struct bt_symbol_table *table, struct bt_symbol_provider *provider,
                          uint64_t rva, struct bt_arena *arena, struct bt_symbol_chain *ret,
                          struct bt_error *err)
{
    struct bt_error why = {.status = BT_OK};
    enum bt_status st = provider->find(provider, rva, arena, ret, &why);
    if (st == BT_E_NOMEM)
        return BT_FAIL(err, st, BT_NO_OFFSET, "out of memory");
    if (st != BT_OK && st != BT_ABSENT)
        bt_symbol_table_problem_add(table, table->module.name, &why);
    return st == BT_OK ? BT_OK : BT_ABSENT;
}

enum bt_status bt_symbol_table_find(struct bt_symbol_table *table, uint64_t rva,
                                    struct bt_arena *arena, struct bt_symbol_chain *ret,
                                    struct bt_error *err)
{
    struct bt_symbol_chain best = {.count = 0};
    BT_TRY(bt_symbol_table_open(table, err));
    for (size_t i = 0; i < table->provider_count; i++) {
        struct bt_symbol_chain chain = {.count = 0};
        enum bt_status st = ask(table, table->providers[i], rva, arena, &chain, err);
        if (st == BT_E_NOMEM)
            return st;
        if (st != BT_OK || chain.count == 0)
            continue;
        struct bt_symbol *outer = &best.items[best.count == 0 ? 0 : best.count - 1];
        const struct bt_symbol *name = &chain.items[chain.count - 1];
        if (best.count == 0) {
            best = chain;
        } else { // a line without a function: code that the debug information does not name
            outer->function = name->function;
            outer->function_offset = name->function_offset;
            outer->kind = name->kind;
        }
        if (best.items[best.count - 1].function != NULL)
            break;
    }
    if (best.count == 0)
        return BT_ABSENT;
    *ret = best;
    return BT_OK;
}

size_t bt_symbol_table_problem_count(const struct bt_symbol_table *table)
{
    return table->problem_count;
}

const char *bt_symbol_table_problem(const struct bt_symbol_table *table, size_t index)
{
    return index < table->problem_count ? table->problems[index] : NULL;
}

const struct bt_image *bt_symbol_table_image(struct bt_symbol_table *table)
{
    return bt_symbol_table_open(table, NULL) == BT_OK && table->has_image ? &table->image
                                                                          : NULL;
}

const struct bt_cfi *bt_symbol_table_cfi(struct bt_symbol_table *table)
{
    if (table->cfi_tried)
        return &table->cfi;
    table->cfi_tried = true;
    if (table->has_image &&
        bt_cfi_open_image(&table->image, table->arena, &table->cfi, NULL) == BT_OK)
        return &table->cfi;
    for (size_t i = 0; i < table->elf_count; i++) {
        if (bt_cfi_open_elf(table->elfs[i], table->arena, &table->cfi, NULL) == BT_OK)
            break;
    }
    return &table->cfi;
}

enum bt_status bt_symbol_table_windows_frame(struct bt_symbol_table *table, uint64_t rva,
                                             struct bt_arena *arena,
                                             struct bt_windows_frame *ret, struct bt_error *err)
{
    BT_TRY(bt_symbol_table_open(table, err));
    if (table->pdb != NULL && bt_pdb_windows_frame(table->pdb, rva, arena, ret, NULL) == BT_OK)
        return BT_OK;
    return table->breakpad != NULL
               ? bt_breakpad_windows_frame(table->breakpad, rva, arena, ret, err)
               : BT_ABSENT;
}

enum bt_status bt_symbol_table_function_start(struct bt_symbol_table *table, uint64_t rva,
                                              uint64_t *ret, struct bt_error *err)
{
    BT_TRY(bt_symbol_table_open(table, err));
    return bt_cfi_function_start(bt_symbol_table_cfi(table), rva, ret, err);
}
