// SPDX-License-Identifier: MIT
#include "stack/stack_images.h"

#include <string.h>

#include "image/debug_directory.h"
#include "image/exports.h"
#include "stack/unwind.h"
#include "symbols/cfi.h"

enum {
    // Without unwind tables nothing tells where a function ends: an export that far before an
    // address hardly ever is the function it is in.
    NAME_DISTANCE = 0x1000,
};

struct entry {
    bool tried, opened; // the image in the dump
    bool exports_tried, identified, cfi_tried;
    struct bt_image image;
    struct bt_exports exports;
    struct bt_symbol_module identity;
    struct bt_cfi cfi; // of the image in the dump; empty where that has none
};

// An image of a file, seen where the module was loaded.
struct file_image {
    struct bt_memory memory; // first: `self` of its function
    const struct bt_image *file;
    struct bt_image image;
};

struct bt_stack_images {
    const struct bt_crash *crash;
    const struct bt_memory *memory;
    struct bt_symbols *symbols;
    struct bt_arena *arena;
    struct entry **entries; // one for each module, NULL until it is needed
    struct file_image file; // the one that was asked for last
};

static size_t read_file_image(const struct bt_memory *self, bt_va va, void *buf, size_t size)
{
    const struct file_image *f = (const struct file_image *)self;
    if (va < f->image.base)
        return 0;
    return f->file->memory->read_some(f->file->memory, va - f->image.base, buf, size);
}

enum bt_status bt_stack_images_new(const struct bt_crash *crash, const struct bt_memory *memory,
                                   struct bt_symbols *symbols, struct bt_arena *arena,
                                   struct bt_stack_images **ret, struct bt_error *err)
{
    struct bt_stack_images *images;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *images, &images, err));
    BT_TRY(bt_arena_alloc(arena, crash->module_count, sizeof(struct entry *), &images->entries,
                          err));
    images->crash = crash;
    images->memory = memory;
    images->symbols = symbols;
    images->arena = arena;
    images->file.memory.read_some = read_file_image;
    *ret = images;
    return BT_OK;
}

void bt_stack_images_close(struct bt_stack_images *images)
{
    for (size_t i = 0; images != NULL && i < images->crash->module_count; i++) {
        if (images->entries[i] != NULL)
            bt_cfi_close(&images->entries[i]->cfi);
    }
}

// The entry of a module, or NULL.
static struct entry *find_entry(struct bt_stack_images *images, const struct bt_module *module)
{
    if (module == NULL)
        return NULL;
    struct entry **slot = &images->entries[module - images->crash->modules];
    if (*slot == NULL && bt_arena_alloc(images->arena, 1, sizeof **slot, slot, NULL) != BT_OK)
        return NULL;
    return *slot;
}

// The entry of a module with its image in the dump open, or NULL.
static struct entry *open_entry(struct bt_stack_images *images, const struct bt_module *module)
{
    struct entry *entry = images->memory != NULL ? find_entry(images, module) : NULL;
    if (entry == NULL)
        return NULL;
    if (!entry->tried) {
        entry->tried = true;
        entry->opened = bt_image_open(images->memory, module->base, images->arena,
                                      &entry->image, NULL) == BT_OK;
    }
    return entry->opened ? entry : NULL;
}

// What symbol files of a module are known by. Small dumps do not say which PDB belongs to a
// module, but the image in a larger one does.
static const struct bt_symbol_module *identify(struct bt_stack_images *images,
                                               const struct bt_module *module)
{
    struct entry *entry = find_entry(images, module);
    if (entry == NULL || entry->identified)
        return entry != NULL ? &entry->identity : NULL;
    entry->identified = true;
    struct bt_symbol_module *identity = &entry->identity;
    *identity = (struct bt_symbol_module){
        .name = module->name,
        .timestamp = module->timestamp,
        .size = module->size,
        .pdb_name = module->pdb_name,
        .pdb_stamp = module->pdb_stamp,
        .pdb_age = module->pdb_age,
        .build_id = module->build_id,
    };
    memcpy(identity->pdb_guid, module->pdb_guid, sizeof identity->pdb_guid);
    struct bt_debug_directory debug = {0};
    if (module->pdb_name != NULL || open_entry(images, module) == NULL ||
        bt_debug_directory_read(&entry->image, images->arena, &debug, NULL) != BT_OK ||
        debug.pdb_name == NULL)
        return identity;
    identity->pdb_name = debug.pdb_name;
    identity->pdb_age = debug.age;
    if (debug.has_guid)
        memcpy(identity->pdb_guid, debug.guid, sizeof identity->pdb_guid);
    else
        identity->pdb_stamp = bt_some32(debug.signature);
    return identity;
}

static struct bt_symbol_table *table_of(struct bt_stack_images *images,
                                        const struct bt_module *module)
{
    struct bt_symbol_table *table;
    const struct bt_symbol_module *identity =
        images->symbols != NULL ? identify(images, module) : NULL;
    if (identity == NULL || bt_symbols_table(images->symbols, identity, &table, NULL) != BT_OK)
        return NULL;
    return table;
}

static const struct bt_image *open_file(struct bt_stack_images *images,
                                        const struct bt_module *module)
{
    struct bt_symbol_table *table = table_of(images, module);
    const struct bt_image *file = table != NULL ? bt_symbol_table_image(table) : NULL;
    if (file == NULL)
        return NULL;
    images->file.file = file;
    images->file.image = *file;
    images->file.image.memory = &images->file.memory;
    images->file.image.base = module->base;
    images->file.memory.is64 = file->is64;
    return &images->file.image;
}

const struct bt_image *bt_stack_images_open(struct bt_stack_images *images,
                                            const struct bt_module *module)
{
    const struct bt_image *file = open_file(images, module);
    if (file != NULL)
        return file;
    struct entry *entry = open_entry(images, module);
    return entry != NULL ? &entry->image : NULL;
}

static const struct bt_exports *open_exports(struct bt_stack_images *images,
                                             struct entry *entry)
{
    if (!entry->exports_tried) {
        entry->exports_tried = true;
        if (bt_exports_read(&entry->image, images->arena, &entry->exports, NULL) != BT_OK)
            entry->exports.count = 0;
    }
    return &entry->exports;
}

// The frame tables of the image in the dump; empty where it has none.
static const struct bt_cfi *cfi_of(struct bt_stack_images *images, struct entry *entry)
{
    if (!entry->cfi_tried) {
        entry->cfi_tried = true;
        // What cannot be read leaves the tables empty.
        (void)!bt_cfi_open_image(&entry->image, images->arena, &entry->cfi, NULL);
    }
    return &entry->cfi;
}

// Where the function at an RVA starts, by the tables of a file or of the image in the dump.
static bool find_start(struct bt_stack_images *images, const struct bt_module *module,
                       const struct bt_image *image, uint64_t rva, uint64_t *ret)
{
    struct bt_symbol_table *table = table_of(images, module);
    struct entry *entry = open_entry(images, module);
    uint32_t start;
    if (bt_unwind_function_start(image, rva, &start, NULL) == BT_OK) {
        *ret = start;
        return true;
    }
    if (table != NULL && bt_symbol_table_function_start(table, rva, ret, NULL) == BT_OK)
        return true;
    return entry != NULL &&
           bt_cfi_function_start(cfi_of(images, entry), rva, ret, NULL) == BT_OK;
}

// How far an export before an address names it. Where tables tell the start of the function,
// only the export that is this start does.
static enum bt_name_origin judge_export(struct bt_stack_images *images,
                                        const struct bt_module *module,
                                        const struct bt_image *image, uint64_t found,
                                        uint64_t rva)
{
    uint64_t start;
    if (rva == found)
        return BT_NAME_EXPORT;
    if (find_start(images, module, image, rva, &start))
        return found == start ? BT_NAME_EXPORT : BT_NAME_NONE;
    return rva - found < NAME_DISTANCE ? BT_NAME_NEAREST_EXPORT : BT_NAME_NONE;
}

void bt_stack_images_name(struct bt_stack_images *images, struct bt_frame *frame, bool exact)
{
    struct entry *entry = open_entry(images, frame->module);
    if (entry == NULL)
        return;
    const uint64_t rva = frame->address - frame->module->base;
    const uint64_t inside = exact || rva == 0 ? rva : rva - 1;
    const struct bt_exports *exports = open_exports(images, entry);
    const struct bt_export *found = bt_exports_nearest(&entry->image, exports, inside);
    if (found == NULL)
        return;
    const enum bt_name_origin origin =
        judge_export(images, frame->module, &entry->image, found->rva, inside);
    if (origin == BT_NAME_NONE)
        return;
    const char *name;
    if (bt_image_text(&entry->image, found->name_rva, images->arena, &name, NULL) != BT_OK ||
        name[0] == '\0')
        return;
    frame->function = name;
    frame->function_offset = rva - found->rva;
    frame->origin = origin;
}

enum bt_status bt_stack_images_symbols(struct bt_stack_images *images,
                                       const struct bt_module *module, bt_va address,
                                       struct bt_symbol_chain *ret,
                                       enum bt_name_origin *ret_origin, struct bt_error *err)
{
    const uint64_t rva = address - module->base;
    struct bt_symbol_table *table = table_of(images, module);
    if (table == NULL)
        return BT_ABSENT;
    struct bt_symbol_chain chain;
    BT_TRY(bt_symbol_table_find(table, rva, images->arena, &chain, err));
    const struct bt_symbol *function = &chain.items[chain.count - 1];
    const struct bt_image *image = bt_symbol_table_image(table);
    enum bt_name_origin origin = BT_NAME_NONE;
    if (function->kind == BT_SYMBOL_EXPORT && image != NULL)
        origin = judge_export(images, module, image, rva - function->function_offset, rva);
    else if (function->kind != BT_SYMBOL_EXPORT)
        origin = function->kind == BT_SYMBOL_PUBLIC ? BT_NAME_PUBLIC : BT_NAME_FUNCTION;
    if (origin == BT_NAME_NONE)
        return BT_ABSENT;
    *ret_origin = origin;
    *ret = chain;
    return BT_OK;
}

enum bt_status bt_stack_images_rules(struct bt_stack_images *images,
                                     const struct bt_module *module, bt_va address,
                                     struct bt_unwind_rules *ret, struct bt_error *err)
{
    if (module == NULL || address < module->base)
        return BT_ABSENT;
    const uint64_t rva = address - module->base;
    struct bt_symbol_table *table = table_of(images, module);
    if (table != NULL) {
        enum bt_status st = bt_symbol_table_rules(table, rva, images->arena, ret, err);
        if (st == BT_OK || st == BT_E_NOMEM)
            return st;
    }
    struct entry *entry = open_entry(images, module);
    if (entry == NULL)
        return BT_ABSENT;
    return bt_cfi_rules(cfi_of(images, entry), rva, images->arena, ret, err);
}

enum bt_status bt_stack_images_windows_frame(struct bt_stack_images *images,
                                             const struct bt_module *module, bt_va address,
                                             struct bt_windows_frame *ret, struct bt_error *err)
{
    struct bt_symbol_table *table = module != NULL ? table_of(images, module) : NULL;
    if (table == NULL || address < module->base)
        return BT_ABSENT;
    return bt_symbol_table_windows_frame(table, address - module->base, images->arena, ret,
                                         err);
}
