// SPDX-License-Identifier: MIT
//
// Which files belong to a module, in the order in which they are asked: a PDB, a symbol file of
// Breakpad, DWARF in the image, the image's symbol table, its exports.
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "image/debug_directory.h"
#include "image/image_file.h"
#include "symbols/breakpad.h"
#include "symbols/elf.h"
#include "symbols/identity.h"
#include "symbols/macho.h"
#include "symbols/table.h"

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
    bt_symbol_table_problem_add(table, path, &why);
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
    table->pdb = provider;
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

static enum bt_status use_breakpad(struct bt_symbol_table *table, struct bt_source *source,
                                   const char *path, struct bt_error *err)
{
    struct bt_breakpad *breakpad;
    (void)path;
    BT_TRY(bt_breakpad_open(source, &table->module, table->arena, &breakpad, err));
    add_provider(table, &breakpad->provider);
    table->breakpad = breakpad;
    return BT_OK;
}

static enum bt_status take_breakpad(void *self, const char *path, struct bt_error *err)
{
    (void)err;
    return try_file(self, path, use_breakpad);
}

// "app.sym" for app.pdb, "libc.so.6.sym" for what has no such name.
static enum bt_status find_breakpad(struct bt_symbol_table *table, struct bt_error *err)
{
    char key[BT_IDENTITY_TEXT_SIZE];
    const char *name =
        table->module.pdb_name != NULL ? table->module.pdb_name : table->module.name;
    size_t stem = strlen(name) - (bt_iends_with(name, ".pdb") ? 4 : 0);
    struct bt_finder_query query = {.folder = name,
                                    .key = bt_pdb_key(&table->module, key) ? key : NULL};
    BT_TRY(bt_arena_printf(table->arena, &query.leaf, err, "%.*s.sym", (int)stem, name));
    return bt_finder_find(table->finder, &query, table->arena, take_breakpad, table, err);
}

// What GNU tools leave in an image. DWARF is asked before the symbol table, which goes on
// knowing names where the debug information ends.
static enum bt_status use_gnu_symbols(struct bt_symbol_table *table, struct bt_error *err)
{
    struct bt_symbol_provider *coff = NULL, *dwarf = NULL;
    struct bt_error why = {.status = BT_OK};
    bool has_dwarf = false;
    if (!table->has_image)
        return BT_OK;
    enum bt_status st =
        bt_coff_open(table->image_source, &table->image, table->arena, &coff, &has_dwarf, err);
    if (st == BT_E_NOMEM)
        return st;
    if (has_dwarf) {
        enum bt_status opened = bt_dwarf_provider_open(
            table->image_path, table->image.preferred_base, table->arena, &dwarf, &why);
        if (opened == BT_OK)
            add_provider(table, dwarf);
        else
            bt_symbol_table_problem_add(table, table->image_path, &why);
    }
    if (st == BT_OK)
        add_provider(table, coff);
    return BT_OK;
}

// A Mach-O file, whole or the debug information of one.
static enum bt_status use_macho(struct bt_symbol_table *table, struct bt_source *source,
                                const char *path, struct bt_error *err)
{
    struct bt_macho macho;
    struct bt_symbol_provider *provider;
    BT_TRY(bt_macho_read(source, &macho, err));
    if (!bt_macho_has_id(&macho, table->module.build_id))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "belongs to another build (UUID)");
    if (!macho.has_dwarf) // the image itself: what was taken out of it is in a bundle
        return BT_OK;
    BT_TRY(bt_dwarf_provider_open(path, macho.base, table->arena, &provider, err));
    add_provider(table, provider);
    return BT_OK;
}

// An ELF file, whole or stripped of all but its debug information.
static enum bt_status use_elf(struct bt_symbol_table *table, struct bt_source *source,
                              const char *path, struct bt_error *err)
{
    struct bt_elf *elf;
    struct bt_symbol_provider *provider;
    struct bt_error why = {.status = BT_OK};
    BT_TRY(bt_elf_open(source, table->arena, &elf, err));
    if (!bt_elf_has_id(elf, table->module.build_id))
        return BT_FAIL(err, BT_ABSENT, BT_NO_OFFSET, "belongs to another build (build id)");
    if (table->elf_count < BT_TABLE_ELFS)
        table->elfs[table->elf_count++] = elf;
    if (elf->has_dwarf) {
        enum bt_status st =
            bt_dwarf_provider_open(path, elf->base, table->arena, &provider, &why);
        if (st == BT_OK)
            add_provider(table, provider);
        else
            bt_symbol_table_problem_add(table, path, &why);
    }
    return BT_OK;
}

// Symbol tables come last: that of a stripped image must not hide the lines which a file beside
// it has.
static enum bt_status use_elf_symbols(struct bt_symbol_table *table)
{
    struct bt_symbol_provider *provider;
    for (size_t i = 0; i < table->elf_count; i++) {
        enum bt_status st = bt_elf_symbols_open(table->elfs[i], table->arena, &provider, NULL);
        if (st == BT_E_NOMEM)
            return st;
        if (st == BT_OK)
            add_provider(table, provider);
    }
    return BT_OK;
}

// What modules with an id of their own are: ELF or Mach-O files.
static enum bt_status use_native(struct bt_symbol_table *table, struct bt_source *source,
                                 const char *path, struct bt_error *err)
{
    return bt_macho_is_one(source) ? use_macho(table, source, path, err)
                                   : use_elf(table, source, path, err);
}

static enum bt_status take_native(void *self, const char *path, struct bt_error *err)
{
    (void)err;
    return try_file(self, path, use_native);
}

// The file that the image itself names.
static enum bt_status find_linked(struct bt_symbol_table *table, struct bt_error *err)
{
    const char *link;
    if (table->elf_count == 0 ||
        bt_elf_debug_link(table->elfs[0], table->arena, &link, NULL) != BT_OK)
        return BT_ABSENT;
    struct bt_finder_query query = {.folder = table->module.name, .leaf = link};
    return bt_finder_find(table->finder, &query, table->arena, take_native, table, err);
}

// <name>, and the debug information that was taken out of it: <name>.debug, the name that the
// image gives, or as debuggers on Linux keep it, .build-id/<first two digits>/<the
// others>.debug.
static enum bt_status find_elf(struct bt_symbol_table *table, struct bt_error *err)
{
    const char *id = table->module.build_id, *name = table->module.name, *debug, *folder;
    if (id == NULL || strlen(id) < 4)
        return BT_ABSENT;
    struct bt_finder_query image = {.folder = name, .leaf = name};
    enum bt_status st =
        bt_finder_find(table->finder, &image, table->arena, take_native, table, err);
    if (st == BT_E_NOMEM)
        return st;
    BT_TRY(bt_arena_printf(table->arena, &debug, err, "%s.debug", name));
    struct bt_finder_query beside = {.folder = name, .leaf = debug};
    st = bt_finder_find(table->finder, &beside, table->arena, take_native, table, err);
    if (st == BT_ABSENT)
        st = find_linked(table, err);
    if (st != BT_ABSENT)
        return st;
    BT_TRY(bt_arena_printf(table->arena, &folder, err, "%.2s", id));
    BT_TRY(bt_arena_printf(table->arena, &debug, err, "%s.debug", id + 2));
    struct bt_finder_query by_id = {.folder = ".build-id", .key = folder, .leaf = debug};
    return bt_finder_find(table->finder, &by_id, table->arena, take_native, table, err);
}

// The bundle that Apple's tools put debug information into:
// <name>.dSYM/Contents/Resources/DWARF/<name>; of programs and frameworks with their endings.
static enum bt_status find_bundle(struct bt_symbol_table *table, struct bt_error *err)
{
    static const char *const endings[] = {"", ".app", ".framework"};
    const char *name = table->module.name, *folder;
    enum bt_status st = BT_ABSENT;
    for (size_t i = 0; i < BT_COUNT(endings) && st == BT_ABSENT; i++) {
        BT_TRY(bt_arena_printf(table->arena, &folder, err, "%s%s.dSYM", name, endings[i]));
        struct bt_finder_query query = {.folder = folder,
                                        .key = "Contents/Resources/DWARF",
                                        .leaf = name,
                                        .only_there = true};
        st = bt_finder_find(table->finder, &query, table->arena, take_native, table, err);
    }
    return st;
}

static enum bt_status use_exports(struct bt_symbol_table *table, struct bt_error *err)
{
    struct bt_symbol_provider *provider;
    if (!table->has_image)
        return BT_OK;
    enum bt_status st = bt_exports_open(&table->image, table->arena, &provider, err);
    if (st == BT_OK)
        add_provider(table, provider);
    return st;
}

// Memory that ran out is the one failure that is not the module's own.
#define TRY_MEMORY(expression)                                                                 \
    do {                                                                                       \
        enum bt_status try_st_ = (expression);                                                 \
        if (try_st_ == BT_E_NOMEM)                                                             \
            return try_st_;                                                                    \
    } while (0)

enum bt_status bt_symbol_table_open(struct bt_symbol_table *table, struct bt_error *err)
{
    if (table->opened)
        return BT_OK;
    table->opened = true;
    // A module with a build id is no PE image.
    if (table->module.build_id != NULL)
        TRY_MEMORY(find_breakpad(table, err));
    if (table->module.build_id != NULL) {
        TRY_MEMORY(find_elf(table, err));
        TRY_MEMORY(find_bundle(table, err));
        return use_elf_symbols(table);
    }
    TRY_MEMORY(find_image(table, err));
    BT_TRY(learn_pdb(table, err));
    TRY_MEMORY(find_pdb(table, err));
    TRY_MEMORY(find_breakpad(table, err));
    BT_TRY(use_gnu_symbols(table, err));
    TRY_MEMORY(use_exports(table, err));
    return BT_OK;
}
