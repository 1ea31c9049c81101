// SPDX-License-Identifier: MIT
#include "symbols/table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "image/debug_directory.h"
#include "image/image_file.h"
#include "symbols/identity.h"

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
    for (size_t i = 0; i < table->source_count; i++)
        bt_source_close(table->sources[i]);
    bt_arena_free(table->arena);
    free(table);
}

static void add_problem(struct bt_symbol_table *table, const char *path,
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

static void add_provider(struct bt_symbol_table *table, struct bt_symbol_provider *provider)
{
    if (table->provider_count < BT_TABLE_PROVIDERS)
        table->providers[table->provider_count++] = provider;
    else if (provider->close != NULL)
        provider->close(provider);
}

// A file that may turn out to be another one: `use` decides. Refusals are remembered.
static enum bt_status try_file(struct bt_symbol_table *table, const char *path,
                               enum bt_status (*use)(struct bt_symbol_table *table,
                                                     struct bt_source *source, const char *path,
                                                     struct bt_error *err))
{
    struct bt_source *source = NULL;
    struct bt_error why = {.status = BT_OK};
    uint8_t magic[4];
    if (table->source_count == BT_TABLE_SOURCES)
        return BT_ABSENT;
    enum bt_status st = bt_source_open(path, &source, &why);
    if (st == BT_OK && bt_source_read(source, 0, magic, sizeof magic, NULL) == BT_OK &&
        memcmp(magic, "MSCF", 4) == 0)
        st = BT_FAIL(&why, BT_E_UNSUPPORTED, 0, "is packed: expand it first");
    if (st == BT_OK)
        st = use(table, source, path, &why);
    if (st == BT_OK) {
        table->sources[table->source_count++] = source;
        return BT_OK;
    }
    bt_source_close(source);
    add_problem(table, path, &why);
    return st;
}

static enum bt_status use_image(struct bt_symbol_table *table, struct bt_source *source,
                                const char *path, struct bt_error *err)
{
    const struct bt_symbol_module *module = &table->module;
    struct bt_image image;
    uint64_t size;
    BT_TRY(bt_source_size(source, &size, err));
    if (bt_image_file_open(bt_source_reader(source), size, table->arena, &image, NULL) != BT_OK)
        return BT_FAIL(err, BT_E_CORRUPT, 0, "is no PE image");
    if (!module->timestamp.known || module->size == 0)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET,
                       "is not used: the dump does not say which build it is from");
    if (image.timestamp != module->timestamp.value || image.size != module->size)
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET,
                       "belongs to another build (time stamp %08" PRIx32 ", size %" PRIx32
                       "; the dump has %08" PRIx32 ", %" PRIx64 ")",
                       image.timestamp, image.size, module->timestamp.value, module->size);
    table->image = image;
    table->has_image = true;
    table->image_source = source;
    table->image_path = path;
    return BT_OK;
}

static enum bt_status take_image(void *self, const char *path, struct bt_error *err)
{
    (void)err; // kept as a problem of the table
    return try_file(self, path, use_image);
}

static enum bt_status find_image(struct bt_symbol_table *table, struct bt_error *err)
{
    char key[BT_IDENTITY_TEXT_SIZE];
    struct bt_finder_query query = {
        .folder = table->module.name,
        .key = bt_image_key(&table->module, key) ? key : NULL,
        .leaf = table->module.name,
    };
    return bt_finder_find(table->finder, &query, table->arena, take_image, table, err);
}

// Small dumps do not hold what names the PDB; the image does.
static enum bt_status learn_pdb(struct bt_symbol_table *table, struct bt_error *err)
{
    struct bt_symbol_module *module = &table->module;
    struct bt_debug_directory directory = {0};
    if (!table->has_image || bt_guid_is_known(module->pdb_guid) || module->pdb_stamp.known)
        return BT_OK;
    enum bt_status st = bt_debug_directory_read(&table->image, table->arena, &directory, err);
    if (st == BT_E_NOMEM)
        return st;
    if (st != BT_OK || directory.pdb_name == NULL)
        return BT_OK;
    module->pdb_name = bt_basename(directory.pdb_name);
    module->pdb_age = directory.age;
    if (directory.has_guid)
        memcpy(module->pdb_guid, directory.guid, sizeof module->pdb_guid);
    else
        module->pdb_stamp = bt_some32(directory.signature);
    return BT_OK;
}

static enum bt_status use_pdb(struct bt_symbol_table *table, struct bt_source *source,
                              const char *path, struct bt_error *err)
{
    struct bt_symbol_provider *provider;
    (void)path;
    BT_TRY(bt_pdb_open(source, &table->module, table->has_image ? &table->image : NULL,
                       table->arena, &provider, err));
    add_provider(table, provider);
    return BT_OK;
}

static enum bt_status take_pdb(void *self, const char *path, struct bt_error *err)
{
    (void)err;
    return try_file(self, path, use_pdb);
}

static enum bt_status find_pdb(struct bt_symbol_table *table, struct bt_error *err)
{
    char key[BT_IDENTITY_TEXT_SIZE];
    const char *name = table->module.pdb_name;
    if (name == NULL || !bt_pdb_key(&table->module, key))
        return BT_ABSENT;
    struct bt_finder_query query = {.folder = name, .key = key, .leaf = name};
    return bt_finder_find(table->finder, &query, table->arena, take_pdb, table, err);
}

// Memory that ran out is the one failure that is not the module's own.
#define TRY_MEMORY(expression)                                                                 \
    do {                                                                                       \
        enum bt_status try_st_ = (expression);                                                 \
        if (try_st_ == BT_E_NOMEM)                                                             \
            return try_st_;                                                                    \
    } while (0)

static enum bt_status open_table(struct bt_symbol_table *table, struct bt_error *err)
{
    if (table->opened)
        return BT_OK;
    table->opened = true;
    TRY_MEMORY(find_image(table, err));
    BT_TRY(learn_pdb(table, err));
    TRY_MEMORY(find_pdb(table, err));
    return BT_OK;
}

enum bt_status bt_symbol_table_find(struct bt_symbol_table *table, uint64_t rva,
                                    struct bt_arena *arena, struct bt_symbol_chain *ret,
                                    struct bt_error *err)
{
    bool found = false;
    BT_TRY(open_table(table, err));
    for (size_t i = 0; i < table->provider_count; i++) {
        struct bt_symbol_chain chain = {.count = 0};
        struct bt_error why = {.status = BT_OK};
        enum bt_status st =
            table->providers[i]->find(table->providers[i], rva, arena, &chain, &why);
        if (st == BT_E_NOMEM)
            return BT_FAIL(err, st, BT_NO_OFFSET, "out of memory");
        if (st != BT_OK && st != BT_ABSENT)
            add_problem(table, table->module.name, &why);
        if (st != BT_OK || (found && chain.items[0].kind >= ret->items[0].kind))
            continue;
        *ret = chain;
        found = true;
        if (chain.items[0].kind == BT_SYMBOL_FUNCTION)
            break;
    }
    return found ? BT_OK : BT_ABSENT;
}

size_t bt_symbol_table_problem_count(const struct bt_symbol_table *table)
{
    return table->problem_count;
}

const char *bt_symbol_table_problem(const struct bt_symbol_table *table, size_t index)
{
    return index < table->problem_count ? table->problems[index] : NULL;
}

const struct bt_image *bt_symbol_table_image(const struct bt_symbol_table *table)
{
    return table->has_image ? &table->image : NULL;
}
